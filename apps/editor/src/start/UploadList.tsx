import type { UploadedFolder } from '@graft/graph-schema'
import { useState } from 'react'
import type { ReactElement } from 'react'
import { call, messageOf } from '../api/client.js'
import { useCall } from '../api/use-call.js'
import { IconButton } from '../ui/Button.js'
import { ago, bytes, counted } from '../ui/format.js'
import { Icon } from '../ui/Icon.js'
import { toast } from '../ui/toasts/toast.js'
import { undoable } from '../ui/toasts/undoable.js'

const load = (signal: AbortSignal) => call('listUploads', { signal })

/** Photos that were uploaded: how much room they take, and how to be rid of them. */
export function UploadList(): ReactElement | null {
  const uploads = useCall(load)
  const [hidden, setHidden] = useState<readonly string[]>([])
  const shown = uploads.status === 'ready' ? uploads.value.uploads.filter(({ name }) => !hidden.includes(name)) : []
  if (shown.length === 0) return null
  const comeBack = (name: string): void => setHidden((now) => now.filter((other) => other !== name))
  const remove = ({ name }: UploadedFolder): void => {
    setHidden((now) => [...now, name])
    const perform = (): void =>
      void call('deleteUpload', { params: { name } }).catch((error: unknown) => {
        comeBack(name)
        toast('error', messageOf(error))
      })
    undoable(`Deleted the upload ${name}`, perform, () => comeBack(name))
  }
  const total = shown.reduce((sum, upload) => sum + upload.bytes, 0)
  return (
    <section aria-labelledby="start-uploads">
      <h2 id="start-uploads">Uploaded photos</h2>
      <ul className="graph-list">
        {shown.map((upload) => (
          <li key={upload.name} className="graph-row">
            <span className="upload-row" title={upload.path}>
              <Icon name="data" />
              <span className="graph-name-text">
                <bdi>{upload.name}</bdi>
              </span>
              <span className="graph-note numeric">
                {counted(upload.files, 'file')}, {bytes(upload.bytes)}, {ago(upload.savedAt, Date.now())}
              </span>
            </span>
            <IconButton
              icon="trash"
              size="s"
              label={upload.inUse ? `${upload.name} is read by a run` : `Delete the upload ${upload.name}`}
              disabled={upload.inUse}
              onClick={() => remove(upload)}
            />
          </li>
        ))}
      </ul>
      {shown.length > 1 && <p className="muted numeric">{bytes(total)} in all</p>}
    </section>
  )
}
