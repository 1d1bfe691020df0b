import { findOperator, isStatistic, type Network } from '@graft/network'
import type { TorchNetwork, WrittenLayer } from '../network/torch-network.js'

/** What stays as it is and what follows the batches, in as few names as say it: of stages, layers and parameters. */
export interface FrozenNames {
  readonly frozen: readonly string[]
  readonly batchStatistics: readonly string[]
  /** Stages from the first on in which nothing changes while training. */
  readonly fixedStages: number
}

export function frozenNames({ stages, names }: TorchNetwork, network: Network): FrozenNames {
  const layers = new Map(network.layers.map((layer) => [layer.name, layer]))
  const frozen: string[] = []
  const batchStatistics: string[] = []
  const changes: boolean[] = []
  for (const stage of stages) {
    const learned = stage.layers.flatMap((layer) =>
      learnedBy(layer).map((key) => ({ key, trains: network.parameters[key]?.trainable === true })),
    )
    const still = learned.filter(({ trains }) => !trains).map(({ key }) => names.get(key) ?? key)
    frozen.push(...(still.length === learned.length && still.length > 0 ? [stage.attribute] : still))
    const normalised = stage.layers.filter(({ layer }) => layer.operator === 'BatchNormalization')
    const following = normalised.filter(({ layer }) => layers.get(layer.name)?.statistics === 'batch')
    const all = following.length === normalised.length && following.length > 0
    batchStatistics.push(
      ...(all ? [stage.attribute] : following.map(({ attribute }) => `${stage.attribute}.${attribute}`)),
    )
    const random = stage.layers.some(({ layer }) => findOperator(layer.operator).stochastic)
    changes.push(still.length < learned.length || following.length > 0 || random)
  }
  const first = changes.indexOf(true)
  return { frozen, batchStatistics, fixedStages: first < 0 ? Math.max(0, stages.length - 1) : first }
}

/** Names of the layer's parameters that PyTorch holds as such: all but statistics and constants. */
function learnedBy({ layer }: WrittenLayer): readonly string[] {
  const roles = findOperator(layer.operator).parameters
  return Object.entries(layer.parameters)
    .filter(([slot]) => !isStatistic(roles[slot]?.role) && roles[slot]?.role !== 'constant')
    .map(([, key]) => key)
}
