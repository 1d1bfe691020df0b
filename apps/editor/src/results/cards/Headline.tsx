import type { ReactElement } from 'react'
import { verdictOnEvaluation } from '@graft/graph-schema'
import type { SingleLabelEvaluation } from '@graft/graph-schema'
import { percent } from '../../ui/format.js'
import { Card } from './Card.js'
import { HeadlineFacts } from './HeadlineFacts.js'
import { IntervalBar } from './IntervalBar.js'
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
      <IntervalBar value={accuracy} interval={[low, high]} />
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
