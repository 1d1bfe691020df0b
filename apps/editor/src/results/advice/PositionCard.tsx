import type { AdviceValue, AdvicePosition } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { percent, percentRange, whole } from '../../ui/format.js'
import { Card } from '../cards/Card.js'
import { IntervalBar } from '../cards/IntervalBar.js'
import { estimateText, networkTitle } from '../read/advice-words.js'
import { PlaneDrawing } from './PlaneDrawing.js'

export interface PositionCardProps {
  readonly position: AdvicePosition
  readonly advice: AdviceValue
}

/** Where the images stand on the plane of size and similarity, and how that was measured. */
export function PositionCard({ position, advice }: PositionCardProps): ReactElement {
  return (
    <Card
      title="Where your images stand"
      note={`Compared with what ${networkTitle(advice, position.network)} knows`}
      className="advice-position"
    >
      <PlaneDrawing position={position} />
      <p>{placeInWords(position)}</p>
      <details>
        <summary>How that was measured</summary>
        <p>{position.how}</p>
        <dl className="advice-measures">
          {position.measures.map(({ name, title, value, note }) => (
            <div key={name}>
              <dt>{title}</dt>
              <dd>
                <span className="numeric">{estimateText(value)}</span>
                <IntervalBar value={value.value} interval={[value.low, value.high]} isDecoration />
                <small>{note}</small>
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </Card>
  )
}

function placeInWords({ perClass, similarity, size, likeness, certain, lines }: AdvicePosition): string {
  const range =
    perClass.smallest === perClass.largest
      ? whole(perClass.middle)
      : `${whole(perClass.smallest)} to ${whole(perClass.largest)}`
  const many = size === 'small' ? 'few' : 'many'
  const like = likeness === 'similar' ? 'much like' : 'unlike'
  return [
    `${range} images per class: ${many}, where the textbook draws the line at ${whole(lines.perClass)}.`,
    `Similarity ${percent(similarity.value, 0)} (${percentRange(similarity.low, similarity.high)}): ${like} what the network knows${certain ? '' : ', but not for certain: the interval crosses the line'}.`,
  ].join(' ')
}
