import type { ReactElement } from 'react'
import { verdictOnEvaluation } from '@graft/graph-schema'
import type { SingleLabelEvaluation } from '@graft/graph-schema'
import { percent } from '../../ui/format.js'
import { Card } from './Card.js'
import { HeadlineFacts } from './HeadlineFacts.js'
import { VerdictNote } from './VerdictNote.js'
import { readEvaluation } from '../read/read-evaluation.js'

/** The answer first: how good is it, how sure is that, compared to what. */
export function Headline({ detail }: { readonly detail: SingleLabelEvaluation }): ReactElement {
  const { scores, intervals } = detail
  const [low, high] = intervals['accuracy'] ?? [Number.NaN, Number.NaN]
  const accuracy = scores.values['accuracy'] ?? Number.NaN
  return (
    <Card title={detail.title} className="headline">
      <p className="headline-figure numeric">{percent(accuracy)}</p>
      <svg
        className="interval"
        viewBox="0 0 100 14"
        preserveAspectRatio="none"
        role="img"
        aria-label={`95% confidence interval from ${percent(low)} to ${percent(high)}`}
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
        <rect x={accuracy * 100 - 0.5} y="1" width="1" height="12" className="interval-point" />
      </svg>
      <VerdictNote verdict={verdictOnEvaluation(detail)} />
      <div className="headline-words">
        {readEvaluation(detail).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      <HeadlineFacts scores={scores} />
    </Card>
  )
}
