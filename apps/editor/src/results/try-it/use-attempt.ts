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

/** An attempt, and the network that was asked. */
interface Asked {
  readonly network: string
  readonly attempt: Attempt
}

/** What is known of the photo by a network: the answer of another one is none of its own. */
export function attemptOf(asked: Asked | null, network: string, image: Blob | null): Attempt {
  if (asked?.network === network) return asked.attempt
  return { status: image === null ? 'idle' : 'asking' }
}

/**
 * Asks the network of a node about one photo at a time; a new one takes the place of the one before. Another network is
 * asked about the same photo again.
 */
export function useAttempt(runId: string, node: string | undefined): Asking {
  const network = `${runId} ${node ?? ''}`
  const [asked, setAsked] = useState<Asked | null>(null)
  const [image, setImage] = useState<Blob | null>(null)
  const [attempts, setAttempts] = useState(0)
  const asking = useRef<AbortController | null>(null)
  const ask = async (photo: Blob): Promise<void> => {
    asking.current?.abort()
    const abort = new AbortController()
    asking.current = abort
    const settle = (attempt: Attempt): void => {
      if (!abort.signal.aborted) setAsked({ network, attempt })
    }
    setImage(photo)
    setAttempts((before) => before + 1)
    setAsked((last) =>
      last?.network === network && last.attempt.status === 'done' ? last : { network, attempt: { status: 'asking' } },
    )
    try {
      const prediction = await call('predict', {
        params: { id: runId },
        query: node === undefined ? {} : { node },
        upload: photo,
        signal: abort.signal,
      })
      settle({ status: 'done', prediction })
    } catch (error) {
      if (!isAbort(error)) settle({ status: 'failed', message: messageOf(error) })
    }
  }
  useEffect(() => {
    if (image !== null) void ask(image)
    return () => asking.current?.abort()
    // A new photo is asked about when it comes; here only the network is another one.
  }, [network])
  return { attempt: attemptOf(asked, network, image), attempts, image, ask }
}
