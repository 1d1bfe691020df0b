import { readSearch } from '@graft/graph-schema'
import type { SearchDetail } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { duration, percent } from '../../ui/format.js'
import { Card } from '../cards/Card.js'
import { IntervalBar } from '../cards/IntervalBar.js'

/** The winner, what to expect of it, and how much of its score is luck. */
export function SearchHeadline({ detail }: { readonly detail: SearchDetail }): ReactElement {
  const { expected, winner, trials } = detail
  const best = winner === null ? undefined : trials[winner]
  const score = expected?.score ?? best?.score
  const interval = expected?.interval ?? best?.interval ?? null
  return (
    <Card title={detail.title} className="headline">
      {score !== undefined && <p className="headline-figure numeric">{percent(score)}</p>}
      {score !== undefined && interval !== null && <IntervalBar value={score} interval={interval} />}
      <div className="headline-words">
        {readSearch(detail, { percent: (share) => percent(share), duration }).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
    </Card>
  )
}
