import { primaryScore, verdictOnNetwork } from '@graft/graph-schema'
import type { MultiLabelEvaluation } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { percent, scoreText } from '../../ui/format.js'
import { HeadlineFacts } from '../cards/HeadlineFacts.js'
import { VerdictNote } from '../cards/VerdictNote.js'
import { Card } from '../cards/Card.js'

/** The answer first: how well the classes are told, and how often an image is answered without a mistake. */
export function LabelHeadline({ detail }: { readonly detail: MultiLabelEvaluation }): ReactElement {
  const { scores, count, split, intervals, classesPerImage } = detail
  const primary = primaryScore(scores)
  const [low, high] = intervals['subsetAccuracy'] ?? [Number.NaN, Number.NaN]
  return (
    <Card title={detail.title} className="headline">
      <p className="headline-figure numeric">{primary === null ? '–' : scoreText(primary, primary.value)}</p>
      <VerdictNote verdict={verdictOnNetwork(detail)} />
      <div className="headline-words">
        <p>Mean average precision: for every class, how well the images that have it are ranked above the others.</p>
        <p>
          In {percent(scores.values['subsetAccuracy'] ?? Number.NaN)} of {count} images every class was right (95%
          interval {percent(low)} to {percent(high)}). Images have {classesPerImage.truth.toFixed(2)} classes on average
          and were said to have {classesPerImage.predicted.toFixed(2)}.
        </p>
        {split === 'val' && (
          <p>Epoch and thresholds were chosen by these same images: expect a little less on new ones.</p>
        )}
      </div>
      <HeadlineFacts scores={scores} />
    </Card>
  )
}
