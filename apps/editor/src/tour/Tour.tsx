import type { GraphDocument } from '@graft/graph-schema'
import { useEffect, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import { createPortal } from 'react-dom'
import { call, messageOf } from '../api/client.js'
import { isForTryingOut } from '../forms/choose-network/for-trying-out.js'
import { fieldNode, saysFolder, saysNetwork } from '../photos/graphs/field-node.js'
import { withNetworkAtHand } from '../photos/graphs/graph-for-photos.js'
import { openDocument } from '../session/session.js'
import { editor, getManifests, useEditor } from '../document/store.js'
import { runs, useRunStatus } from '../run/run-store.js'
import { Button, IconButton } from '../ui/Button.js'
import { ui } from '../page/page-store.js'
import { toast } from '../ui/toasts/toast.js'
import { endTour, tour } from '../page/tour-store.js'
import { nextStep, tourSteps } from './tour-steps.js'
import './tour.css'

/**
 * One step of the tour: a card in a corner and a ring around what it is about. It never takes the focus or blocks the
 * page.
 */
export function Tour({ step }: { readonly step: number }): ReactElement | null {
  const current = tourSteps[step]
  const { status, runId } = useRunStatus()
  const folder = useEditor(folderNode, sameFolder)
  const [busy, setBusy] = useState(false)
  const started = useRef<{ readonly step: number; readonly runAtStart: string | null; readonly folder: string } | null>(
    null,
  )
  if (started.current?.step !== step) started.current = { step, runAtStart: runId, folder: folder?.path ?? '' }
  const isDone =
    current?.isDone?.({
      run: status,
      hasFolder: folder !== null && folder.path !== '' && folder.path !== started.current.folder,
      runId,
      runAtStart: started.current.runAtStart,
    }) ?? false
  useEffect(() => {
    if (isDone) advance(step)
  }, [isDone, step])
  useEffect(() => {
    if (current?.selectsFolder !== true || folder === null) return
    ui.set({ inspector: true })
    editor.select({ nodes: [folder.id] })
  }, [current, folder?.id])
  if (current === undefined) return null
  const goOn = async (): Promise<void> => {
    if (current.opens !== undefined) {
      setBusy(true)
      try {
        await openDocument(await ready(current.opens))
      } catch (error) {
        return toast('error', messageOf(error))
      } finally {
        setBusy(false)
      }
    }
    advance(step)
  }
  return createPortal(
    <>
      {current.target !== null && <Ring key={current.target} target={current.target} />}
      <section className="tour" aria-label="Tour" role="region">
        <header>
          <span className="tour-count numeric">
            {step + 1} of {tourSteps.length}
          </span>
          <IconButton icon="close" size="s" label="End the tour" onClick={endTour} />
        </header>
        <div aria-live="polite">
          <h2>{current.title}</h2>
          <p>{current.text}</p>
        </div>
        <footer>
          {current.next === null ? (
            <span className="muted">Continues by itself</span>
          ) : (
            <Button variant="primary" size="s" disabled={busy} onClick={() => void goOn()}>
              {busy ? 'Opening…' : current.next}
            </Button>
          )}
          {current.next === null && (
            <Button size="s" variant="ghost" onClick={() => advance(step)}>
              Skip this step
            </Button>
          )}
        </footer>
      </section>
    </>,
    document.body,
  )
}

/** A template with a network that is here already, where one is. */
async function ready(template: string): Promise<GraphDocument> {
  const [{ document }, { backbones }] = await Promise.all([
    call('getTemplate', { params: { id: template } }),
    call('listBackbones'),
  ])
  const loads = fieldNode(document, getManifests(), saysNetwork)
  const source = loads?.node.params[loads.field.path]
  // The first look is at the pictograms, with the network that knows them.
  const isForPhotos = typeof source === 'string' && !isForTryingOut({ source })
  return isForPhotos ? withNetworkAtHand(document, backbones, getManifests()) : document
}

function advance(step: number): void {
  const next = nextStep(step)
  if (next === null) endTour()
  else tour.set({ step: next, runAtStart: runs.get().runId })
}

interface FolderNode {
  readonly id: string
  readonly path: string
}

/** The first node that has to be told a path. */
function folderNode({ document, manifests }: ReturnType<typeof editor.get>): FolderNode | null {
  const found = fieldNode(document, manifests, (field) => saysFolder(field) && field.required)
  if (found === null) return null
  const path = found.node.params[found.field.path]
  return { id: found.id, path: typeof path === 'string' ? path : '' }
}

const sameFolder = (left: FolderNode | null, right: FolderNode | null): boolean =>
  left?.id === right?.id && left?.path === right?.path

/** Follows its target, which may come late, move and go. */
function Ring({ target }: { readonly target: string }): ReactElement | null {
  const [box, setBox] = useState<DOMRect | null>(null)
  useEffect(() => {
    const measure = (): void => {
      const next = document.querySelector(target)?.getBoundingClientRect() ?? null
      setBox((last) =>
        last !== null &&
        next !== null &&
        last.x === next.x &&
        last.y === next.y &&
        last.width === next.width &&
        last.height === next.height
          ? last
          : next,
      )
    }
    measure()
    const timer = setInterval(measure, 250)
    return () => clearInterval(timer)
  }, [target])
  if (box === null || box.width === 0) return null
  return (
    <div
      className="tour-ring"
      style={{ left: box.x - 4, top: box.y - 4, width: box.width + 8, height: box.height + 8 }}
      aria-hidden="true"
    />
  )
}
