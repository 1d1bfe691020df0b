import { findOperator, isStatistic, type Layer, type Network } from '@graft/network'
import type { Described } from '../network/torch-network.js'
import { moduleOf, shortened } from './shortened.js'

/** What stays as it is and what follows the batches, in as few names as say it: of stages, layers and parameters. */
export interface FrozenNames {
  readonly frozen: readonly string[]
  readonly batchStatistics: readonly string[]
  /** Stages from the first on in which nothing changes while training. */
  readonly fixedStages: number
}

export function frozenNames({ names }: Described, network: Network): FrozenNames {
  const nameOf = (key: string): string => names.get(key) ?? key
  const learned = network.layers.flatMap(learnedBy)
  const still = learned.filter((key) => network.parameters[key]?.trainable !== true)
  const normalised = network.layers.filter(({ operator }) => operator === 'BatchNormalization')
  const following = normalised.filter(({ statistics }) => statistics === 'batch')
  const modules = (layers: readonly Layer[]): readonly string[] =>
    layers.map(({ parameters }) => moduleOf(nameOf(parameters['mean'] ?? '')))
  return {
    frozen: shortened(new Set(still.map(nameOf)), learned.map(nameOf)),
    batchStatistics: shortened(new Set(modules(following)), modules(normalised)),
    fixedStages: fixedStages(network),
  }
}

/** Without the last stage at least. */
function fixedStages({ stages, layers, parameters }: Network): number {
  const byName = new Map(layers.map((layer) => [layer.name, layer]))
  const changes = (layer: Layer): boolean =>
    learnedBy(layer).some((key) => parameters[key]?.trainable === true) ||
    (layer.operator === 'BatchNormalization' && layer.statistics === 'batch') ||
    findOperator(layer.operator).stochastic === true
  const first = stages.findIndex((stage) =>
    stage.layers.some((name) => {
      const layer = byName.get(name)
      return layer !== undefined && changes(layer)
    }),
  )
  return first < 0 ? Math.max(0, stages.length - 1) : first
}

/** Names of the layer's parameters that PyTorch holds as such: all but statistics and constants. */
export function learnedBy({ operator, parameters }: Layer): readonly string[] {
  const roles = findOperator(operator).parameters
  return Object.entries(parameters)
    .filter(([slot]) => !isStatistic(roles[slot]?.role) && roles[slot]?.role !== 'constant')
    .map(([, key]) => key)
}
