import { predictionsFileSchema } from '@graft/graph-schema'
import type { GraphDocument, PredictionsFile } from '@graft/graph-schema'
import { useMemo, useState } from 'react'
import type { ReactElement } from 'react'
import { useJsonArtifact } from '../../api/artifact.js'
import { Button } from '../../ui/Button.js'
import { counted } from '../../ui/format.js'
import { toast } from '../../ui/toasts/toast.js'
import { Card } from '../cards/Card.js'
import type { FileResult } from '../read/run-results.js'
import { correctionsCsv, recallCorrections, rememberCorrections } from './corrections.js'
import type { Corrections } from './corrections.js'
import { everything, filterPictures } from './filter-pictures.js'
import { GalleryDialog } from './GalleryDialog.js'
import { PictureTile } from './PictureTile.js'
import { pathOfNode, predictionPictures } from './prediction-pictures.js'
import './pictures.css'

export interface PredictionsCardProps {
  readonly file: FileResult
  readonly document: GraphDocument | null
  readonly title: string
}

const faces = 6

/** What a node has said about unlabelled images: the least sure ones here, all of them in the gallery. */
export function PredictionsCard({ file, document, title }: PredictionsCardProps): ReactElement | null {
  const loaded = useJsonArtifact(file.blob, predictionsFileSchema)
  if (loaded.status !== 'ready') return null
  return (
    <Gallery predictions={loaded.value} about={file.blob.sha256} path={pathOfNode(document, file.node)} title={title} />
  )
}

interface GalleryProps {
  readonly predictions: PredictionsFile
  /** Names the file, so that corrections are found again. */
  readonly about: string
  readonly path: string | null
  readonly title: string
}

function Gallery({ predictions, about, path, title }: GalleryProps): ReactElement {
  const [open, setOpen] = useState(false)
  const [corrections, setCorrections] = useState(() => recallCorrections(about))
  const pictures = useMemo(() => predictionPictures(predictions, path), [predictions, path])
  const first = useMemo(() => filterPictures(pictures, everything).slice(0, faces), [pictures])
  const { classNames, skipped } = predictions
  const keep = (next: Corrections): void => {
    setCorrections(next)
    if (!rememberCorrections(about, next)) toast('error', 'This browser has no room for corrections. Export them now.')
  }
  const correct = (id: string, name: string | null): void => {
    const { [id]: _, ...others } = corrections
    keep(name === null ? others : { ...others, [id]: name })
  }
  return (
    <Card
      title={title}
      note={`${counted(pictures.length, 'image')}${skipped.length === 0 ? '' : `, ${counted(skipped.length, 'file')} skipped`}. The least sure:`}
      className="losses-card"
    >
      <div className="gallery-faces">
        {first.map((picture) => (
          <PictureTile
            key={picture.id}
            picture={picture}
            classNames={classNames}
            size={96}
            correction={corrections[picture.id]}
            onOpen={() => setOpen(true)}
          />
        ))}
      </div>
      <Button size="s" icon="search" onClick={() => setOpen(true)}>
        Look at all and correct
      </Button>
      {open && (
        <GalleryDialog
          title={title}
          pictures={pictures}
          classNames={classNames}
          onClose={() => setOpen(false)}
          correcting={{
            corrections,
            several: predictions.task !== 'single-label',
            onCorrect: correct,
            onExport: () => download(correctionsCsv(corrections)),
          }}
        />
      )}
    </Card>
  )
}

function download(text: string): void {
  const link = window.document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  link.download = 'corrections.csv'
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
