import type { Prediction } from '@graft/graph-schema'
import { useEffect, useRef, useState } from 'react'
import { call, isAbort, messageOf } from '../../api/client.js'

export type Attempt =
  | { readonly status: 'idle' }
  | { readonly status: 'asking' }
  | { readonly status: 'done'; readonly prediction: Prediction }
  | { readonly status: 'failed'; readonly message: string }

export interface Asking {
  readonly attempt: Attempt
  /** How many photos were asked about. */
  readonly attempts: number
  /** The photo that was asked about last. */
  readonly image: Blob | null
  readonly ask: (photo: Blob) => Promise<void>
}

/** Asks the network of a node about one photo at a time; a new one takes the place of the one before. */
export function useAttempt(runId: string, node: string | undefined): Asking {
  const [attempt, setAttempt] = useState<Attempt>({ status: 'idle' })
  const [image, setImage] = useState<Blob | null>(null)
  const [attempts, setAttempts] = useState(0)
  const asking = useRef<AbortController | null>(null)
  useEffect(() => () => asking.current?.abort(), [])
  const ask = async (photo: Blob): Promise<void> => {
    asking.current?.abort()
    const abort = new AbortController()
    asking.current = abort
    setImage(photo)
    setAttempts((before) => before + 1)
    setAttempt((last) => (last.status === 'done' ? last : { status: 'asking' }))
    try {
      const prediction = await call('predict', {
        params: { id: runId },
        query: node === undefined ? {} : { node },
        upload: photo,
        signal: abort.signal,
      })
      setAttempt({ status: 'done', prediction })
    } catch (error) {
      if (!isAbort(error)) setAttempt({ status: 'failed', message: messageOf(error) })
    }
  }
  return { attempt, attempts, image, ask }
}
