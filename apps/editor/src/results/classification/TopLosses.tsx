import { useState } from 'react'
import type { ReactElement } from 'react'
import { isWorthALook } from '@graft/graph-schema'
import type { SingleLabelEvaluation } from '@graft/graph-schema'
import { addressOf } from '../../api/client.js'
import { percent } from '../../ui/format.js'
import { Image } from '../../api/Image.js'
import { Button } from '../../ui/Button.js'
import { Card } from '../cards/Card.js'
import { evaluationPictures } from '../pictures/evaluation-pictures.js'
import { GalleryDialog } from '../pictures/GalleryDialog.js'
import { Lightbox } from '../pictures/Lightbox.js'
import type { Picture } from '../pictures/picture.js'
import type { DatasetResult } from '../read/run-results.js'

export interface TopLossesProps {
  readonly detail: SingleLabelEvaluation
  readonly dataset: DatasetResult | null
}

/** The images that the network got most wrong: often mislabelled ones, or what it has never seen. */
export function TopLosses({ detail, dataset }: TopLossesProps): ReactElement | null {
  const [open, setOpen] = useState<number | null>(null)
  const [all, setAll] = useState(false)
  const shown = detail.topLosses.filter(isWorthALook)
  if (detail.predictions.length === 0) return null
  const nameOf = (index: number): string => detail.classNames[index] ?? String(index)
  const small = (loss: (typeof shown)[number]): string =>
    addressOf('getArtifact', { params: { sha256: loss.thumbnail.sha256 } })
  // Where the images are gone, the small copies are left.
  const pictures = evaluationPictures(shown, dataset).map(
    (picture, index): Picture => ({ ...picture, at: (pixels) => picture.at(pixels) ?? small(shown[index] ?? never()) }),
  )
  return (
    <Card
      title="Most wrong"
      note={
        shown.length === 0
          ? 'None: every image was recognised, and surely.'
          : 'Look for wrong labels, and for what the training images lack. Choose one to see it large.'
      }
      className="losses-card"
    >
      <ul className="losses">
        {shown.map((loss, index) => (
          <li key={loss.id} className="loss-tile" title={loss.id}>
            <button type="button" className="loss-open" onClick={() => setOpen(index)}>
              <Image address={small(loss)} alt={`${nameOf(loss.label)}, ${loss.id}`} size={96} />
              <span>
                <Words loss={loss} nameOf={nameOf} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      <Button size="s" icon="search" onClick={() => setAll(true)}>
        Look at all {detail.predictions.length} images
      </Button>
      {open !== null && (
        <Lightbox pictures={pictures} first={open} classNames={detail.classNames} onClose={() => setOpen(null)} />
      )}
      {all && (
        <GalleryDialog
          title="All images that were evaluated"
          pictures={evaluationPictures(detail.predictions, dataset)}
          classNames={detail.classNames}
          onClose={() => setAll(false)}
        />
      )}
    </Card>
  )
}

function Words({
  loss: { label, prediction, probability },
  nameOf,
}: {
  readonly loss: SingleLabelEvaluation['topLosses'][number]
  readonly nameOf: (index: number) => string
}): ReactElement {
  return label === prediction ? (
    <>
      <b>
        <bdi>{nameOf(label)}</bdi>
      </b>
      , barely: {percent(probability, 0)}
    </>
  ) : (
    <>
      <b>
        <bdi>{nameOf(label)}</bdi>
      </b>{' '}
      taken for{' '}
      <b>
        <bdi>{nameOf(prediction)}</bdi>
      </b>{' '}
      {percent(probability, 0)}
    </>
  )
}

function never(): never {
  throw new Error('There are as many pictures as losses.')
}
