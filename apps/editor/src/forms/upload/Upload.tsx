import { useEffect, useRef } from 'react'
import type { ChangeEvent, ReactElement } from 'react'
import { percent } from '../../ui/format.js'
import { Button } from '../../ui/Button.js'
import { DropZone } from '../../ui/DropZone.js'
import { Icon } from '../../ui/Icon.js'
import { readChosen, readDrop } from './read-drop.js'
import type { DroppedFile } from './upload-plan.js'
import { useUpload } from './use-upload.js'
import type { Uploading } from './use-upload.js'

export interface UploadProps {
  /** Gets the path of the folder on the server. */
  readonly onDone: (path: string) => void
  /** What was dropped elsewhere, to be sent at once. */
  readonly dropped?: readonly DroppedFile<File>[]
}

/** Takes images from the person's own computer: a zip or a folder, dropped or chosen. */
export function Upload({ onDone, dropped: before }: UploadProps): ReactElement {
  const upload = useUpload(onDone)
  const { state, send, fail, stop } = upload
  const sent = useRef<unknown>(undefined)
  useEffect(() => {
    if (before === undefined || sent.current === before) return
    sent.current = before
    void send(before)
  }, [before, send])
  return (
    <DropZone className="upload" onDrop={(dropped) => void readDrop(dropped).then(send, fail)}>
      {state.status === 'sending' ? (
        <Progress what={state.what} share={state.share} onStop={stop} />
      ) : (
        <Choosers onChosen={(files) => void send(readChosen(files))} />
      )}
      <div role="status">{state.status === 'done' && <p className="upload-done">{state.message}</p>}</div>
      {state.status === 'taken' && <Taken name={state.name} upload={upload} />}
      {state.status === 'failed' && (
        <p className="form-problem form-problem-error" role="alert">
          {state.message}
        </p>
      )}
    </DropZone>
  )
}

function Progress({
  what,
  share,
  onStop,
}: {
  readonly what: string
  readonly share: number
  readonly onStop: () => void
}): ReactElement {
  return (
    <>
      <p className="numeric">{share < 1 ? `Sending ${what}: ${percent(share, 0)}` : 'Checking the images…'}</p>
      <progress value={share} max={1} aria-label="Upload" />
      <Button size="s" onClick={onStop}>
        Stop
      </Button>
    </>
  )
}

function Choosers({ onChosen }: { readonly onChosen: (files: FileList) => void }): ReactElement {
  const zip = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  // React has no property for it.
  useEffect(() => folder.current?.setAttribute('webkitdirectory', ''), [])
  const hidden = {
    type: 'file',
    className: 'visually-hidden',
    tabIndex: -1,
    onChange: (event: ChangeEvent<HTMLInputElement>) => event.target.files !== null && onChosen(event.target.files),
  }
  return (
    <>
      <p>
        <Icon name="upload" size={14} /> Drop a folder with one folder per class, or a zip of it
      </p>
      <span className="upload-buttons">
        <Button size="s" onClick={() => folder.current?.click()}>
          Choose a folder
        </Button>
        <Button size="s" onClick={() => zip.current?.click()}>
          Choose a zip
        </Button>
      </span>
      <input ref={zip} {...hidden} accept=".zip,application/zip" aria-label="Zip file with images" />
      <input ref={folder} {...hidden} multiple aria-label="Folder with images" />
    </>
  )
}

/** The name is taken: whose folder it shall be. */
function Taken({ name, upload }: { readonly name: string; readonly upload: Uploading }): ReactElement {
  return (
    <div className="upload-taken" role="alert">
      <p>There is an upload called “{name}” already.</p>
      <span className="upload-buttons">
        <Button size="s" onClick={upload.keepExisting}>
          Use the one there
        </Button>
        <Button size="s" onClick={() => upload.again('replace')}>
          Replace it
        </Button>
        <Button size="s" onClick={() => upload.again('rename')}>
          Keep both
        </Button>
      </span>
    </div>
  )
}
