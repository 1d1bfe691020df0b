/** Lets others have a turn now and then in long sums; rejects once the signal is given. */
export function createBreather(signal: AbortSignal): () => Promise<void> {
  let last = performance.now()
  return async () => {
    if (performance.now() - last < 25) return
    await new Promise((resolve) => void setImmediate(resolve))
    signal.throwIfAborted()
    last = performance.now()
  }
}
