/** Taken before plugins are loaded, for whom it is removed; see host/launch.ts, which starts Node with it. */
const collect = globalThis.gc

/**
 * Bytes that are really in use: heap and buffers after a garbage collection, so that garbage is not taken for a leak.
 */
export async function usedBytes(): Promise<number> {
  for (let round = 0; round < 2; round++) {
    collect?.()
    // Finalizers run between turns of the event loop.
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return heapUsed + Math.max(external, arrayBuffers)
}
