import { NetworkError } from '../network-error.js'
import type { Layer, Network, Parameter } from '../network.js'
import { findOperator } from '../operators/index.js'
import { keepsStatistics } from '../operators/statistics.js'
import { finishEdit } from './edit.js'
import { describeRange, type LayerRange, selectLayers } from './layer-range.js'
import { allParameterKinds, describeKinds, kindOf, type ParameterKind } from './parameter-kinds.js'
import { isLearnable, type ParameterUse, parameterUses } from './parameter-roles.js'

export interface FreezeOptions extends LayerRange {
  readonly frozen: boolean
  /**
   * Of the batch normalisations in range. Default: `frozen` when freezing; as they are when unfreezing (fine-tuning
   * with fixed statistics is the safe choice on small data).
   */
  readonly statistics?: 'frozen' | 'batch'
  /** Which parameters of these layers; the others stay as they are. Default: all. */
  readonly kinds?: readonly ParameterKind[]
}

/**
 * Freezes or unfreezes the layers of a range: sets `trainable` of their learnable parameters (never of running
 * statistics or scalar constants) and the statistics of batch normalisations. Several in a row compose, the last one
 * wins.
 * @throws NetworkError for a bad range, when a parameter is shared between a layer inside the range and one outside it,
 * or when the range has no parameter of these kinds
 * @example Norms and biases only: `freeze(network, { frozen: true, kinds: ['weights', 'embeddings', 'statistics'] })`
 */
export function freeze(network: Network, options: FreezeOptions): Network {
  const kinds = options.kinds ?? allParameterKinds
  const names = selectLayers(network, options)
  const inside = new Set(names)
  const uses = learnableUses(network, inside).filter((use) => {
    const kind = kindOf(network, use)
    return kind !== null && kinds.includes(kind)
  })
  checkKinds(network, names, kinds, uses.length)
  const statistics = kinds.includes('statistics') ? statisticsOf(options) : undefined
  const result: Network = {
    ...network,
    layers: statistics ? withStatistics(network.layers, inside, statistics) : network.layers,
    parameters: { ...network.parameters, ...withTrainable(network, uses, !options.frozen) },
  }
  const policy = statistics ? `, ${statistics} statistics` : ''
  const part = kinds.length < allParameterKinds.length ? `${describeKinds(kinds)} of ` : ''
  return finishEdit(
    result,
    `${options.frozen ? 'froze' : 'unfroze'} ${part}${describeRange(network, options, names)}${policy}`,
  )
}

const statisticsOf = ({ statistics, frozen }: FreezeOptions): 'frozen' | 'batch' | undefined =>
  statistics ?? (frozen ? 'frozen' : undefined)

/** A choice of kinds that nothing falls under is a mistake; a range without parameters is not. */
function checkKinds(network: Network, names: readonly string[], kinds: readonly ParameterKind[], found: number): void {
  if (kinds.length === 0)
    throw new NetworkError('No kind of parameters is chosen, so nothing would change.', 'Choose at least one kind.', {
      field: 'kinds',
    })
  if (found > 0 || kinds.includes('statistics') || kinds.length === allParameterKinds.length) return
  throw new NetworkError(
    `${network.name} has no ${describeKinds(kinds)} from ${names[0]} to ${names.at(-1)}, so nothing would change.`,
    'Choose other kinds, or another range.',
    { field: 'kinds' },
  )
}

/**
 * Uses of learnable parameters by layers inside a range.
 * @throws NetworkError naming both layers when one is shared with a layer outside
 */
export function learnableUses(network: Network, inside: ReadonlySet<string>): readonly ParameterUse[] {
  const all = parameterUses(network.layers).filter((use) => isLearnable(network, use))
  const uses = all.filter((use) => inside.has(use.layer.name))
  const keys = new Map(uses.map((use) => [use.key, use.layer.name]))
  const outside = all.find((use) => !inside.has(use.layer.name) && keys.has(use.key))
  if (!outside) return uses
  throw new NetworkError(
    `Layers ${keys.get(outside.key)} (inside the range) and ${outside.layer.name} (outside it) share parameter ${outside.key}, which can't be frozen and trained at once.`,
    'Extend the range so that it holds both or neither.',
  )
}

function withTrainable(network: Network, uses: readonly ParameterUse[], trainable: boolean): Record<string, Parameter> {
  const changed: Record<string, Parameter> = {}
  for (const { key } of uses) {
    const parameter = network.parameters[key]
    if (parameter) changed[key] = { ...parameter, trainable }
  }
  return changed
}

/** Layers with another policy for running statistics for those in the set that keep any. */
export function withStatistics(
  layers: readonly Layer[],
  inside: ReadonlySet<string>,
  statistics: 'frozen' | 'batch',
): readonly Layer[] {
  return layers.map((layer) =>
    inside.has(layer.name) && keepsStatistics(findOperator(layer.operator)) ? { ...layer, statistics } : layer,
  )
}
