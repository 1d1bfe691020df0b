import type { ReactElement } from 'react'
import { percent, significant } from '../../ui/format.js'
import { Card } from './Card.js'
import type { EvaluationDetail } from '../read/detail.js'
import { readEvaluation } from '../read/read-evaluation.js'

/** The answer first: how good is it, how sure is that, compared to what. */
export function Headline({ detail }: { readonly detail: EvaluationDetail }): ReactElement {
  const [low, high] = detail.accuracyInterval
  return (
    <Card title={detail.title} className="headline">
      <p className="headline-figure numeric">{percent(detail.top1)}</p>
      <svg
        className="interval"
        viewBox="0 0 100 14"
        preserveAspectRatio="none"
        role="img"
        aria-label={`95 % interval from ${percent(low)} to ${percent(high)}`}
      >
        <rect x="0" y="5" width="100" height="4" rx="2" className="interval-track" />
        <rect
          x={low * 100}
          y="5"
          width={Math.max(0.5, (high - low) * 100)}
          height="4"
          rx="2"
          className="interval-range"
        />
        <rect x={detail.top1 * 100 - 0.5} y="1" width="1" height="12" className="interval-point" />
      </svg>
      <div className="headline-words">
        {readEvaluation(detail).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      <dl className="headline-facts numeric">
        <div>
          <dt>Balanced accuracy</dt>
          <dd>{percent(detail.balancedAccuracy)}</dd>
        </div>
        <div>
          <dt>Macro F1</dt>
          <dd>{detail.macroF1.toFixed(3)}</dd>
        </div>
        {detail.top5 !== null && (
          <div>
            <dt>Top 5</dt>
            <dd>{percent(detail.top5)}</dd>
          </div>
        )}
        <div>
          <dt>Loss</dt>
          <dd>{significant(detail.loss)}</dd>
        </div>
      </dl>
    </Card>
  )
}
