import type { RunEvent } from '@graft/graph-schema'
import { isAlive } from './process-identity.js'
import type { RunStore } from './run-store.js'

/**
 * Marks runs whose process is gone as interrupted, and makes sure that nothing executes them any more: a worker stops
 * by itself when its parent dies, but may take a moment. `isLookedAfter`: as for `interruptOrphans`. Gives what was
 * written.
 */
export function recoverOrphans(store: RunStore, isLookedAfter?: (id: string) => boolean): readonly RunEvent[] {
  return store.interruptOrphans(isLookedAfter).flatMap(({ run, events }) => {
    if (run.worker !== null && isAlive(run.worker)) process.kill(run.worker.pid, 'SIGKILL')
    return events
  })
}
