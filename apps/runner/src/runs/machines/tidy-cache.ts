import { cleanUp } from '../../cache/clean-up.js'
import type { Home } from '../../home.js'
import type { RunStore } from '../run-store.js'

/**
 * Gives what keeps the cache within its budget when a worker has left something here, as a run on this machine does at
 * its end. One at a time: what comes meanwhile is looked at once more afterwards.
 */
export function cacheTidier(
  home: Home,
  limitBytes: number,
  runs: Pick<RunStore, 'keptBlobs'>,
  onError: (error: unknown) => void,
): () => void {
  let isGoing = false
  let isDue = false
  const begin = async (): Promise<void> => {
    do {
      isDue = false
      await cleanUp(home, limitBytes, Date.now(), runs.keptBlobs())
    } while (isDue)
  }
  return () => {
    isDue = true
    if (isGoing) return
    isGoing = true
    void begin()
      .catch(onError)
      .finally(() => {
        isGoing = false
      })
  }
}
