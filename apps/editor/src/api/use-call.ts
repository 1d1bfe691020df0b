import { useCallback, useEffect, useState } from 'react'
import { isAbort } from './api-error.js'
import type { Loaded } from './artifact.js'

export type Called<Value> = Loaded<Value> & { readonly again: () => void }

/**
 * What a call gave, in a component. `ask` has to be the same function between renders; another one asks again. The last
 * answer stays until the next is there.
 */
export function useCall<Value>(ask: (signal: AbortSignal) => Promise<Value>): Called<Value> {
  const [loaded, setLoaded] = useState<{ readonly ask: unknown; readonly result: Loaded<Value> } | null>(null)
  const [round, setRound] = useState(0)
  useEffect(() => {
    const abort = new AbortController()
    ask(abort.signal).then(
      (value) => !abort.signal.aborted && setLoaded({ ask, result: { status: 'ready', value } }),
      (error: unknown) =>
        !abort.signal.aborted &&
        !isAbort(error) &&
        setLoaded({
          ask,
          result: { status: 'failed', error: error instanceof Error ? error : new Error(String(error)) },
        }),
    )
    return () => abort.abort()
  }, [ask, round])
  const again = useCallback(() => setRound((count) => count + 1), [])
  return { ...(loaded?.ask === ask ? loaded.result : { status: 'loading' as const }), again }
}
