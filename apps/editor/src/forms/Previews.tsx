import type { BlobReference } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { useState } from 'react'
import { artifactAddress, usePicture } from '../api/artifact.js'
import { runs, startRun, useNodeRun, useStaleNodes } from '../run/run-store.js'
import { isOver } from '../run/run-session.js'
import { Button } from '../ui/Button.js'
import { Dialog } from '../ui/Dialog.js'

/** Pictures that a node showed while it ran: samples of the data, augmented views. Stale ones are marked, and can be drawn anew. */
export function Previews({ nodeId }: { readonly nodeId: string }): ReactElement | null {
  const run = useNodeRun(nodeId)
  const stale = useStaleNodes().has(nodeId)
  const [large, setLarge] = useState<{ readonly title: string; readonly blob: BlobReference } | null>(null)
  if (run === undefined || run.previews.length === 0) return null
  const status = runs.get().state?.status
  return (
    <section className={`previews${stale ? ' previews-stale' : ''}`} aria-label="Preview">
      {run.previews.slice(-3).map(({ title, blob }) => (
        <figure key={blob.sha256}>
          <button type="button" onClick={() => setLarge({ title, blob })} aria-label={`Enlarge: ${title}`}><Sheet blob={blob} alt="" /></button>
          <figcaption>{title}</figcaption>
        </figure>
      ))}
      {stale && <p className="previews-note">Of the settings before the last edits. <Button size="s" disabled={status !== undefined && !isOver(status)} onClick={() => void startRun({ to: nodeId })}>Show with the new ones</Button></p>}
      {large !== null && <Dialog title={large.title} onClose={() => setLarge(null)} className="preview-dialog"><div className="preview-large"><Sheet blob={large.blob} alt={large.title} /></div></Dialog>}
    </section>
  )
}

function Sheet({ blob, alt }: { readonly blob: BlobReference; readonly alt: string }): ReactElement | null {
  const source = usePicture(artifactAddress({ sha256: blob.sha256 }))
  return source === undefined ? null : <img src={source} alt={alt} loading="lazy" />
}
