import { engineName } from '@graft/engines'
import type { ChosenEngines, Engine, Workload } from '@graft/engines'
import type { Network } from '@graft/network'
import type { Computing, Settle } from '../executor/computing.js'
import { engineIdentity } from './engine-identity.js'
import { firstNetwork } from './first-network.js'
import { workloadOf } from './workload.js'

export interface RunEngines {
  readonly forward: Engine
  readonly training: Engine
  /** Who stands in where these fail. */
  readonly fallback?: readonly Engine[]
}

/**
 * Picks engines by a network. Must not depend on anything but the network and what is known of the machine, because the
 * engines enter the cache key; the workload (null: unknown) may only decide whether more is to be found out.
 */
export type ChooseEngines = (
  network: Network,
  onProgress: (message: string) => void,
  workload: Workload | null,
) => Promise<ChosenEngines>

/**
 * What a run computes with: these engines; with `choose`, those that it picks by the first network that a node which
 * computes is given.
 */
export function computeWith(engines: RunEngines, choose?: ChooseEngines): Computing {
  const settled = describe(engines)
  if (choose === undefined) return settled
  const { device: _, ...open } = settled
  return { ...open, settle: settleBy(choose) }
}

function describe(engines: RunEngines): Omit<Computing, 'settle'> {
  const { forward, training } = engines
  return {
    engines,
    name: forward === training ? engineName(forward) : `${engineName(forward)} + ${engineName(training)}`,
    ...(forward.device === training.device ? { device: training.device } : {}),
    identity: () => engineIdentity(engines),
  }
}

const settleBy =
  (choose: ChooseEngines): Settle =>
  async ({ inputs, pending, onProgress }) => {
    const network = firstNetwork(inputs)
    if (network === null) return null
    const { forward, training, fallback, notes, warnings, reason } = await choose(
      network,
      onProgress,
      workloadOf(pending()),
    )
    return { computing: describe({ forward, training, fallback }), notes, warnings, reason }
  }
