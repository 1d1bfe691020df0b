import { findOperator, isStatistic, type Layer, type Network, singleTensorCuts } from '@graft/network'
import { NodeError } from '../../sdk/node-error.js'
import type { Described } from '../network/torch-network.js'
import { layersOfStages } from '../network/stage-layers.js'
import type { ProgramPhase } from './program-plan.js'
import { moduleOf, shortened } from './shortened.js'

/** What stays as it is and what follows the batches, in as few names as say it: of stages, layers and parameters. */
export interface FrozenNames {
  readonly frozen: readonly string[]
  readonly batchStatistics: readonly string[]
  /** Stages from the first on in which nothing changes while training. */
  readonly fixedStages: number
}

export function frozenNames(torch: Described, network: Network, head: ProgramPhase['head']): FrozenNames {
  const { names } = torch
  const nameOf = (key: string): string => names.get(key) ?? key
  const learned = network.layers.flatMap(learnedBy)
  // All layers of a head of neighbours are filled, though gradient descent would leave them as they are.
  const filled = head === null || head.shares === null ? [] : [head.layer, head.standardise, head.shares]
  const still = learned.filter(
    (key) => network.parameters[key]?.trainable !== true && !filled.includes(moduleOf(nameOf(key))),
  )
  const normalised = network.layers.filter(({ operator }) => operator === 'BatchNormalization')
  const following = normalised.filter(
    ({ statistics, parameters }) =>
      statistics === 'batch' || filled.includes(moduleOf(nameOf(parameters['mean'] ?? ''))),
  )
  const modules = (layers: readonly Layer[]): readonly string[] =>
    layers.map(({ parameters }) => moduleOf(nameOf(parameters['mean'] ?? '')))
  refuseBothPolicies(following, normalised)
  return {
    frozen: shortened(new Set(still.map(nameOf)), learned.map(nameOf)),
    batchStatistics: shortened(new Set(modules(following)), modules(normalised)),
    // A library's model that doesn't fall into the network's stages is one of a single stage.
    fixedStages: 'parts' in torch && torch.parts === null ? 0 : fixedStages(network),
  }
}

/** A module follows the batches or doesn't, in whichever of the layers that it is. */
function refuseBothPolicies(following: readonly Layer[], normalised: readonly Layer[]): void {
  const meanOf = ({ parameters }: Layer): string => parameters['mean'] ?? ''
  const others = new Map(normalised.filter((one) => !following.includes(one)).map((one) => [meanOf(one), one]))
  const one = following.find((layer) => others.has(meanOf(layer)))
  if (one === undefined) return
  throw new NodeError(
    'model',
    `The layers ${one.name} and ${others.get(meanOf(one))?.name} share their statistics, which follow the batches in the first and stay as they are in the second, and a program has one module for both.`,
    'Freeze or unfreeze both of them ("statistics" of Freeze).',
  )
}

/**
 * Without the last stage at least, and up to where a single value goes on: of several nothing is kept, as with the other
 * engines.
 */
function fixedStages(network: Network): number {
  const cuts = new Set(singleTensorCuts(network))
  const ends = layersOfStages(network).map((layers) => cuts.has(layers.at(-1)?.name ?? ''))
  return ends.slice(0, stillStages(network)).lastIndexOf(true) + 1
}

/** How many stages from the first on stay as they are. */
function stillStages({ stages, layers, parameters }: Network): number {
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
