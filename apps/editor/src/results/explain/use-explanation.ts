import type { Explanation } from '@graft/graph-schema'
import { useEffect, useState } from 'react'
import { isAbort, messageOf } from '../../api/client.js'

/** Asks the server what speaks for a class in an image. */
export type Explain = (signal: AbortSignal) => Promise<Explanation>

export type Explained =
  | { readonly status: 'off' }
  | { readonly status: 'asking' }
  | { readonly status: 'done'; readonly explanation: Explanation }
  | { readonly status: 'failed'; readonly message: string }

const off: Explained = { status: 'off' }
const asking: Explained = { status: 'asking' }

/** What came of asking; null asks nothing. Another question (`about`) takes the place of the one before. */
export function useExplanation(explain: Explain | null, about: string): Explained {
  const [state, setState] = useState<Explained>(off)
  const wanted = explain !== null
  useEffect(() => {
    if (explain === null) return setState(off)
    const abort = new AbortController()
    setState(asking)
    explain(abort.signal).then(
      (explanation) => {
        if (!abort.signal.aborted) setState({ status: 'done', explanation })
      },
      (error: unknown) => {
        if (!isAbort(error)) setState({ status: 'failed', message: messageOf(error) })
      },
    )
    return () => abort.abort()
    // The question is the same as long as it is about the same, whatever function asks it.
  }, [wanted, about])
  return state
}
