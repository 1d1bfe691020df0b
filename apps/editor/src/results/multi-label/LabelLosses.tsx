import type { MultiLabelEvaluation } from '@graft/graph-schema'
import { useState } from 'react'
import type { ReactElement } from 'react'
import { Image } from '../../api/Image.js'
import { addressOf } from '../../api/client.js'
import { percent } from '../../ui/format.js'
import { Card } from '../cards/Card.js'
import { Lightbox } from '../pictures/Lightbox.js'
import type { Picture } from '../pictures/picture.js'
import { sampleThumbnail } from '../pictures/sample-thumbnail.js'
import type { DatasetResult } from '../read/run-results.js'

/** The images that the network got most wrong: often ones with a missing label, or what it has never seen. */
export function LabelLosses({
  detail,
  dataset,
}: {
  readonly detail: MultiLabelEvaluation
  readonly dataset: DatasetResult | null
}): ReactElement | null {
  const [open, setOpen] = useState<number | null>(null)
  if (detail.topLosses.length === 0) return null
  const nameOf = (index: number): string => detail.classNames[index] ?? String(index)
  const listOf = (indices: readonly number[]): string => indices.map(nameOf).join(', ') || 'nothing'
  return (
    <Card
      title="Most wrong"
      note="Look for missing labels, and for what the training images lack. Choose one to see it large."
      className="losses-card"
    >
      <ul className="losses">
        {detail.topLosses.map(({ id, label, prediction, probabilities, thumbnail }, index) => (
          <li key={id} className="loss-tile" title={id}>
            <button type="button" className="loss-open" onClick={() => setOpen(index)}>
              <Image address={small(thumbnail.sha256)} alt={`${listOf(label)}, ${id}`} size={96} />
              <span>
                <b>{listOf(label)}</b>, said to be{' '}
                <b>
                  {prediction
                    .map((index) => `${nameOf(index)} ${percent(probabilities[index] ?? Number.NaN, 0)}`)
                    .join(', ') || 'nothing'}
                </b>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {open !== null && (
        <Lightbox
          pictures={picturesOf(detail, dataset)}
          first={open}
          classNames={detail.classNames}
          onClose={() => setOpen(null)}
        />
      )}
    </Card>
  )
}

const small = (sha256: string): string => addressOf('getArtifact', { params: { sha256 } })

/** As large as they are; where the images are gone, the small copies are left. */
function picturesOf({ topLosses }: MultiLabelEvaluation, dataset: DatasetResult | null): readonly Picture[] {
  return topLosses.map(({ id, label, prediction, probabilities, thumbnail }) => ({
    id,
    at: (pixels) => (dataset === null ? null : sampleThumbnail(dataset, id, pixels)) ?? small(thumbnail.sha256),
    answers: probabilities
      .map((probability, index) => ({ index, probability }))
      .toSorted((one, other) => other.probability - one.probability),
    chosen: prediction,
    label: null,
    labels: label,
  }))
}
