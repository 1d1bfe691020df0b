import { useEffect, useRef, useState } from 'react'
import type { ChangeEvent, ReactElement } from 'react'
import { isAbort, messageOf } from '../../api/client.js'
import { uploadImages } from '../../api/upload.js'
import { counted, percent } from '../../ui/format.js'
import { Button } from '../../ui/Button.js'
import { DropZone } from '../../ui/DropZone.js'
import { Icon } from '../../ui/Icon.js'
import { readChosen, readDrop } from './read-drop.js'
import { planUpload } from './upload-plan.js'
import type { DroppedFile } from './upload-plan.js'

type State =
  | { readonly status: 'idle' }
  | { readonly status: 'sending'; readonly share: number; readonly what: string }
  | { readonly status: 'failed'; readonly message: string }
  | { readonly status: 'done'; readonly message: string }

/** Takes images from the person's own computer: a zip or a folder, dropped or chosen. */
export function Upload({ onDone }: { readonly onDone: (path: string) => void }): ReactElement {
  const { state, send, fail, stop } = useUpload(onDone)
  return (
    <DropZone className="upload" onDrop={(dropped) => void readDrop(dropped).then(send, fail)}>
      {state.status === 'sending' ? (
        <Progress what={state.what} share={state.share} onStop={stop} />
      ) : (
        <Choosers onChosen={(files) => void send(readChosen(files))} />
      )}
      <div role="status">{state.status === 'done' && <p className="upload-done">{state.message}</p>}</div>
      {state.status === 'failed' && (
        <p className="form-problem form-problem-error" role="alert">
          {state.message}
        </p>
      )}
    </DropZone>
  )
}

interface Uploading {
  readonly state: State
  readonly send: (dropped: readonly DroppedFile<File>[]) => Promise<void>
  readonly fail: (error: unknown) => void
  readonly stop: () => void
}

/** Sends what was dropped or chosen; `onDone` gets the path of the folder on the server. */
function useUpload(onDone: (path: string) => void): Uploading {
  const [state, setState] = useState<State>({ status: 'idle' })
  const sending = useRef<AbortController | null>(null)
  const stop = (): void => sending.current?.abort()
  useEffect(() => () => sending.current?.abort(), [])
  const fail = (error: unknown): void =>
    setState(isAbort(error) ? { status: 'idle' } : { status: 'failed', message: messageOf(error) })
  const send = async (dropped: readonly DroppedFile<File>[]): Promise<void> => {
    const plan = planUpload(dropped)
    if (plan.kind === 'refused') return setState({ status: 'failed', message: plan.message })
    const abort = new AbortController()
    sending.current = abort
    const what = plan.kind === 'zip' ? `${plan.name}.zip` : counted(plan.files.length, 'image')
    setState({ status: 'sending', share: 0, what })
    try {
      const answer = await uploadImages({
        name: plan.name,
        content: plan.kind === 'zip' ? plan.content : formOf(plan.files),
        signal: abort.signal,
        onProgress: (share) => setState({ status: 'sending', share, what }),
      })
      const ignored = answer.ignored.length + (plan.kind === 'files' ? plan.ignored : 0)
      setState({
        status: 'done',
        message: `${counted(answer.files, 'file')} uploaded${ignored === 0 ? '' : `, ${ignored} ignored`}.`,
      })
      onDone(answer.path)
    } catch (error) {
      fail(error)
    }
  }
  return { state, send, fail, stop }
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

function formOf(files: readonly DroppedFile<File>[]): FormData {
  const form = new FormData()
  for (const { path, content } of files) form.append('files', content, path)
  return form
}
