import { useEffect, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import { isAbort, messageOf } from '../../api/client.js'
import { uploadImages } from '../../api/upload.js'
import { counted, percent } from '../../ui/format.js'
import { Button } from '../../ui/Button.js'
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
  const [state, setState] = useState<State>({ status: 'idle' })
  const [over, setOver] = useState(false)
  const zip = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const sending = useRef<AbortController | null>(null)
  useEffect(() => () => sending.current?.abort(), [])
  // React has no property for it.
  useEffect(() => folder.current?.setAttribute('webkitdirectory', ''), [])

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
      setState(isAbort(error) ? { status: 'idle' } : { status: 'failed', message: messageOf(error) })
    }
  }
  return (
    <div
      className={`upload${over ? ' upload-over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault()
        event.stopPropagation()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        event.stopPropagation()
        setOver(false)
        void readDrop(event.dataTransfer).then(send, (error: unknown) =>
          setState({ status: 'failed', message: messageOf(error) }),
        )
      }}
    >
      {state.status === 'sending' ? (
        <>
          <p className="numeric">
            {state.share < 1 ? `Sending ${state.what}: ${percent(state.share, 0)}` : 'Checking the images…'}
          </p>
          <progress value={state.share} max={1} aria-label="Upload" />
          <Button size="s" onClick={() => sending.current?.abort()}>
            Stop
          </Button>
        </>
      ) : (
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
        </>
      )}
      <div role="status">{state.status === 'done' && <p className="upload-done">{state.message}</p>}</div>
      {state.status === 'failed' && (
        <p className="form-problem form-problem-error" role="alert">
          {state.message}
        </p>
      )}
      <input
        ref={zip}
        type="file"
        accept=".zip,application/zip"
        className="visually-hidden"
        tabIndex={-1}
        aria-label="Zip file with images"
        onChange={(event) => void (event.target.files !== null && send(readChosen(event.target.files)))}
      />
      <input
        ref={folder}
        type="file"
        multiple
        className="visually-hidden"
        tabIndex={-1}
        aria-label="Folder with images"
        onChange={(event) => void (event.target.files !== null && send(readChosen(event.target.files)))}
      />
    </div>
  )
}

function formOf(files: readonly DroppedFile<File>[]): FormData {
  const form = new FormData()
  for (const { path, content } of files) form.append('files', content, path)
  return form
}
