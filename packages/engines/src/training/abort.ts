import { setImmediate } from 'node:timers/promises'

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
export function createBreather(signal: AbortSignal | undefined): () => Promise<void> {
  let last = performance.now()
  return async () => {
    throwIfAborted(signal)
    if (performance.now() - last < patienceMilliseconds) return
    await setImmediate()
    last = performance.now()
    throwIfAborted(signal)
  }
}
