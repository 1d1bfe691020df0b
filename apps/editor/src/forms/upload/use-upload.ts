import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiError, call, isAbort, messageOf } from '../../api/client.js'
import { uploadImages } from '../../api/upload.js'
import type { UploadOptions } from '../../api/upload.js'
import { counted } from '../../ui/format.js'
import { planUpload } from './upload-plan.js'
import type { DroppedFile, UploadPlan } from './upload-plan.js'

export type UploadState =
  | { readonly status: 'idle' }
  | { readonly status: 'sending'; readonly share: number; readonly what: string }
  | { readonly status: 'taken'; readonly name: string }
  | { readonly status: 'failed'; readonly message: string }
  | { readonly status: 'done'; readonly message: string }

export interface Uploading {
  readonly state: UploadState
  readonly send: (dropped: readonly DroppedFile<File>[]) => Promise<void>
  /** Sends what found its name taken once more. */
  readonly again: (existing: 'replace' | 'rename') => void
  /** Takes the folder that has the name. */
  readonly keepExisting: () => void
  readonly fail: (error: unknown) => void
  readonly stop: () => void
}

type Sendable = Exclude<UploadPlan<File>, { readonly kind: 'refused' }>

/** Sends what was dropped or chosen; `onDone` gets the path of the folder on the server. */
export function useUpload(onDone: (path: string) => void): Uploading {
  const [state, setState] = useState<UploadState>({ status: 'idle' })
  const sending = useRef<AbortController | null>(null)
  const waiting = useRef<Sendable | null>(null)
  const done = useRef(onDone)
  useEffect(() => void (done.current = onDone), [onDone])
  useEffect(() => () => sending.current?.abort(), [])
  const fail = useCallback(
    (error: unknown): void =>
      setState(isAbort(error) ? { status: 'idle' } : { status: 'failed', message: messageOf(error) }),
    [],
  )
  const transfer = useCallback(
    async (plan: Sendable, existing: UploadOptions['existing']): Promise<void> => {
      const abort = new AbortController()
      sending.current = abort
      waiting.current = plan
      const what = plan.kind === 'zip' ? `${plan.name}.zip` : counted(plan.files.length, 'image')
      setState({ status: 'sending', share: 0, what })
      try {
        const answer = await uploadImages({
          name: plan.name,
          existing,
          content: plan.kind === 'zip' ? plan.content : formOf(plan.files),
          signal: abort.signal,
          onProgress: (share) => setState({ status: 'sending', share, what }),
        })
        const ignored = answer.ignored.length + (plan.kind === 'files' ? plan.ignored : 0)
        setState({
          status: 'done',
          message: `${counted(answer.files, 'file')} uploaded${ignored === 0 ? '' : `, ${ignored} ignored`}.`,
        })
        done.current(answer.path)
      } catch (error) {
        if (error instanceof ApiError && error.details?.code === 'name-taken')
          setState({ status: 'taken', name: plan.name })
        else fail(error)
      }
    },
    [fail],
  )
  const send = useCallback(
    async (dropped: readonly DroppedFile<File>[]): Promise<void> => {
      const plan = planUpload(dropped)
      if (plan.kind === 'refused') setState({ status: 'failed', message: plan.message })
      else await transfer(plan, 'refuse')
    },
    [transfer],
  )
  const keepExisting = async (name: string): Promise<void> => {
    const { roots } = await call('listDataRoots')
    const uploads = roots.find(({ writable }) => writable)
    if (uploads === undefined) return fail(new Error('The folder of uploads can’t be found. Send the images again.'))
    setState({ status: 'idle' })
    done.current(`${uploads.path}/${name}`)
  }
  return {
    state,
    send,
    fail,
    stop: () => sending.current?.abort(),
    again: (existing) => waiting.current !== null && void transfer(waiting.current, existing),
    keepExisting: () => state.status === 'taken' && void keepExisting(state.name).catch(fail),
  }
}

function formOf(files: readonly DroppedFile<File>[]): FormData {
  const form = new FormData()
  for (const { path, content } of files) form.append('files', content, path)
  return form
}
