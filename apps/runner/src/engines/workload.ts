import type { Workload } from '@graft/engines'
import type { PendingNode } from '../executor/computing.js'

/**
 * What nodes will put through networks; null where one of them can't tell, or trains a network that isn't there yet.
 */
export function workloadOf(pending: readonly PendingNode[]): Workload | null {
  return pending
    .map(workOf)
    .reduce(
      (total, work) =>
        total && work && { forward: total.forward + work.forward, training: total.training + work.training },
      { forward: 0, training: 0 },
    )
}

function workOf({ definition, params, inputs, isReady }: PendingNode): Workload | null {
  const work = definition.workload?.({ params, inputs }) ?? null
  return work !== null && (isReady || work.training === 0) ? work : null
}
