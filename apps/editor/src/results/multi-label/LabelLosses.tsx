import type { MultiLabelEvaluation } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { Image } from '../../api/Image.js'
import { addressOf } from '../../api/client.js'
import { percent } from '../../ui/format.js'
import { Card } from '../cards/Card.js'

/** The images that the network got most wrong: often ones with a missing label, or what it has never seen. */
export function LabelLosses({ detail }: { readonly detail: MultiLabelEvaluation }): ReactElement | null {
  if (detail.topLosses.length === 0) return null
  const nameOf = (index: number): string => detail.classNames[index] ?? String(index)
  const listOf = (indices: readonly number[]): string => indices.map(nameOf).join(', ') || 'nothing'
  return (
    <Card
      title="Most wrong"
      note="Look for missing labels, and for what the training images lack."
      className="losses-card"
    >
      <ul className="losses">
        {detail.topLosses.map(({ id, label, prediction, probabilities, thumbnail }) => (
          <li key={id} className="loss-tile" title={id}>
            <Image
              address={addressOf('getArtifact', { params: { sha256: thumbnail.sha256 } })}
              alt={`${listOf(label)}, ${id}`}
              size={96}
            />
            <p>
              <b>{listOf(label)}</b>, said to be{' '}
              <b>
                {prediction
                  .map((index) => `${nameOf(index)} ${percent(probabilities[index] ?? Number.NaN, 0)}`)
                  .join(', ') || 'nothing'}
              </b>
            </p>
          </li>
        ))}
      </ul>
    </Card>
  )
}
