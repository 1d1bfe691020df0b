import type { BlobReference } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { useState } from 'react'
import { artifactAddress, useImage } from '../../api/artifact.js'
import { useManifestOf } from '../../document/store.js'
import { runs, startRun, useNodeRun, useStaleNodes } from '../../run/run-store.js'
import { isOver } from '../../run/run-session.js'
import { Button } from '../../ui/Button.js'
import { Dialog } from '../../ui/Dialog.js'
import { pickPreviews, showsImages } from './pick-previews.js'
import type { Preview } from './pick-previews.js'
import { useInspection } from '../network/use-inspection.js'

const none: readonly Preview[] = []

/**
 * Images of what a node does: samples of the data, augmented views. Before a run the runner draws them for the
 * settings as they are; of a run, old ones are marked.
 */
export function Previews({
  nodeId,
  isLarge = false,
}: {
  readonly nodeId: string
  /** As large as the pictures are, to be scrolled sideways. */
  readonly isLarge?: boolean
}): ReactElement | null {
  const run = useNodeRun(nodeId)
  const stale = useStaleNodes().has(nodeId)
  const [large, setLarge] = useState<Preview | null>(null)
  const ofRun = run?.previews ?? none
  const inspected = useInspection(nodeId, showsImages(useManifestOf(nodeId)) && (ofRun.length === 0 || stale))
  const now = inspected.status === 'ready' ? inspected : null
  const { previews, isOld } = pickPreviews(ofRun, stale, now?.inspection.previews ?? none, now?.isOld ?? false)
  if (previews.length === 0) return null
  const status = runs.get().state?.status
  return (
    <section
      className={`previews${isOld ? ' previews-stale' : ''}${isLarge ? ' previews-first' : ''}`}
      aria-label="Preview"
      aria-busy={now?.isOld ?? false}
    >
      {previews.map(({ title, blob }) => (
        <figure key={blob.sha256}>
          <button type="button" onClick={() => setLarge({ title, blob })} aria-label={`Enlarge: ${title}`}>
            <Sheet blob={blob} alt="" />
          </button>
          <figcaption>{title}</figcaption>
        </figure>
      ))}
      {isOld && now === null && (
        <p className="previews-note">
          From before the last edits.{' '}
          <Button
            size="s"
            disabled={status !== undefined && !isOver(status)}
            onClick={() => void startRun({ to: nodeId })}
          >
            Update
          </Button>
        </p>
      )}
      {large !== null && (
        <Dialog title={large.title} onClose={() => setLarge(null)} className="preview-dialog">
          <div className="preview-large">
            <Sheet blob={large.blob} alt={large.title} />
          </div>
        </Dialog>
      )}
    </section>
  )
}

function Sheet({ blob, alt }: { readonly blob: BlobReference; readonly alt: string }): ReactElement | null {
  const source = useImage(artifactAddress({ sha256: blob.sha256 }))
  return source === undefined ? null : <img src={source} alt={alt} loading="lazy" />
}
