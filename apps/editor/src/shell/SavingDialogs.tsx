import type { GraphVersion } from '@graft/graph-schema'
import { useEffect, useState } from 'react'
import type { ReactElement } from 'react'
import { call, messageOf } from '../api/client.js'
import { openDocument, openNewest, save, saveCopy } from '../session/session.js'
import { editor } from '../document/store.js'
import { ago, bytes } from '../ui/format.js'
import { Button } from '../ui/Button.js'
import { Dialog } from '../ui/Dialog.js'
import { ui } from '../page/page-store.js'
import { toast } from '../ui/toasts/toast.js'

const close = (): void => ui.set({ dialog: null })

/** Somebody saved a newer version in the meantime: nothing is overwritten unasked. */
export function ConflictDialog(): ReactElement {
  const origin = editor.get().origin
  const after = (action: () => Promise<unknown>) => (): void => {
    close()
    void action()
  }
  const openTheirs = async (): Promise<void> => {
    if (origin === null) return
    try {
      await openNewest(origin.graphId)
    } catch (error) {
      toast('error', messageOf(error))
    }
  }
  return (
    <Dialog
      title="There is a newer version"
      onClose={close}
      footer={
        <>
          <Button variant="ghost" onClick={close}>
            Decide later
          </Button>
          <Button onClick={after(openTheirs)}>Open the newer one</Button>
          <Button onClick={after(() => save({ overwrite: true }))}>Save over it</Button>
          <Button variant="primary" onClick={after(saveCopy)}>
            Save as a new graph
          </Button>
        </>
      }
    >
      <p className="dialog-text">
        This graph was saved from another window or by the command line since you opened it. Your edits are still here.
        Saving over it keeps the other version in the list of saved versions.
      </p>
    </Dialog>
  )
}

/** All saved versions: look at one, or make it the newest again. */
export function VersionsDialog(): ReactElement | null {
  const [origin] = useState(() => editor.get().origin)
  const [versions, setVersions] = useState<readonly GraphVersion[] | string | null>(null)
  const id = origin?.graphId
  useEffect(() => {
    if (id === undefined) return
    call('listGraphVersions', { params: { id } }).then(
      ({ versions: list }) => setVersions(list),
      (error: unknown) => setVersions(messageOf(error)),
    )
  }, [id])
  if (origin === null) return null
  const restore = async (version: number): Promise<void> => {
    try {
      const restored = await call('restoreGraphVersion', { params: { id: origin.graphId, version } })
      const { document } = await call('getGraph', { params: { id: origin.graphId } })
      await openDocument(document, { graphId: origin.graphId, version: restored.version })
      toast('success', `Version ${version} is the newest again, as version ${restored.version}`)
    } catch (error) {
      toast('error', messageOf(error))
    }
  }
  return (
    <Dialog title="Saved versions" onClose={close} className="versions-dialog">
      {versions === null && (
        <p className="dialog-text" role="status">
          Loading…
        </p>
      )}
      {typeof versions === 'string' && (
        <p className="dialog-text" role="alert">
          {versions}
        </p>
      )}
      {Array.isArray(versions) && (
        <ul className="version-list">
          {(versions as readonly GraphVersion[]).map(({ version, savedAt, bytes: size }) => (
            <li key={version} className="version-row">
              <strong className="numeric">{version}</strong>
              <span>{ago(savedAt, Date.now())}</span>
              <span className="version-size numeric">{bytes(size)}</span>
              {version === origin.version ? (
                <span className="version-open">Open now</span>
              ) : (
                <Button size="s" icon="reset" onClick={() => void restore(version)}>
                  Restore
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  )
}
