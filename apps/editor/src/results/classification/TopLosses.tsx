import type { ReactElement } from 'react'
import { isWorthALook } from '@graft/graph-schema'
import type { SingleLabelEvaluation } from '@graft/graph-schema'
import { addressOf } from '../../api/client.js'
import { percent } from '../../ui/format.js'
import { Image } from '../../api/Image.js'
import { Card } from '../cards/Card.js'

/** The images that the network got most wrong: often mislabelled ones, or what it has never seen. */
export function TopLosses({ detail }: { readonly detail: SingleLabelEvaluation }): ReactElement | null {
  const shown = detail.topLosses.filter(isWorthALook)
  if (shown.length === 0) return null
  const nameOf = (index: number): string => detail.classNames[index] ?? String(index)
  return (
    <Card
      title="Most wrong"
      note="Look for wrong labels, and for what the training images lack."
      className="losses-card"
    >
      <ul className="losses">
        {shown.map(({ id, label, prediction, probability, thumbnail }) => (
          <li key={id} className="loss-tile" title={id}>
            <Image
              address={addressOf('getArtifact', { params: { sha256: thumbnail.sha256 } })}
              alt={`${nameOf(label)}, ${id}`}
              size={96}
            />
            <p>
              {label === prediction ? (
                <>
                  <b>{nameOf(label)}</b>, barely: {percent(probability, 0)}
                </>
              ) : (
                <>
                  <b>{nameOf(label)}</b> taken for <b>{nameOf(prediction)}</b> {percent(probability, 0)}
                </>
              )}
            </p>
          </li>
        ))}
      </ul>
    </Card>
  )
}
