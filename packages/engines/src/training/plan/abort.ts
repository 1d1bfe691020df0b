import type { Host } from '../../host/host.js'

/** Longest time without letting timers, messages and signals through. */
const patienceMilliseconds = 20

/** Throws an `AbortError` when the signal has been given. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new DOMException('Training was cancelled.', 'AbortError')
}

/**
 * A function to await between batches: throws an `AbortError` once the signal is given. An engine that computes on this
 * thread resolves its promises without ever returning to the event loop, where signals arrive, so it goes there itself
 * every 20 ms.
 */
export function createBreather(
  { now, takeTurns }: Pick<Host, 'now' | 'takeTurns'>,
  signal: AbortSignal | undefined,
): () => Promise<void> {
  let last = now()
  return async () => {
    throwIfAborted(signal)
    if (now() - last < patienceMilliseconds) return
    await takeTurns()
    last = now()
    throwIfAborted(signal)
  }
}
