import { readRepeat } from '@graft/graph-schema'
import type { RepeatDetail } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { counted, percent, scoreText, significant } from '../../ui/format.js'
import { Card } from '../cards/Card.js'
import { IntervalBar } from '../cards/IntervalBar.js'

/** The mean over all runs, how sure it is, and how far single runs lie apart. */
export function RepeatHeadline({ detail }: { readonly detail: RepeatDetail }): ReactElement {
  const spread = detail.spread[detail.primary]
  const metric = detail.metrics.find(({ name }) => name === detail.primary)
  const isGoingOn = detail.runs.length < detail.planned
  return (
    <Card
      title={detail.title}
      className="headline"
      note={isGoingOn ? `${detail.runs.length} of ${counted(detail.planned, 'run')}` : counted(detail.planned, 'run')}
    >
      {spread !== undefined && metric !== undefined && (
        <>
          <p className="headline-figure numeric">{scoreText(metric, spread.mean)}</p>
          {metric.format === 'percent' && spread.interval !== null && (
            <IntervalBar
              value={spread.mean}
              interval={spread.interval}
              marks={detail.runs.map(({ values }) => values[detail.primary] ?? Number.NaN).filter(Number.isFinite)}
            />
          )}
        </>
      )}
      <div className="headline-words">
        {readRepeat(detail, { percent: (share) => percent(share), plain: significant }).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
    </Card>
  )
}
