import { inferShapes } from '../infer-shapes.js'
import type { Layer, Network } from '../network.js'
import { findOperator } from '../operators/index.js'
import { restrictTo } from './edit.js'
import { singleTensorCuts } from './single-tensor-cuts.js'

export interface FrozenSplit {
  /**
   * The part that gives the same value for the same image all through training; null when nothing worth computing
   * once comes before the first layer that changes.
   */
  readonly prefix: Network | null
  /**
   * What is left to train; its input is the boundary's value (of any rank). The whole network when there is no prefix.
   */
  readonly suffix: Network
  /** Name of the prefix's last layer, which is the suffix's input. */
  readonly boundary: string | null
}

/**
 * Splits a network at the last layer where one value crosses and before which nothing trains: no trainable parameter,
 * no batch statistics, no random operator. Where everything is frozen, the suffix keeps what comes after the last cut
 * before the output. A prefix without a weight layer (a mere rescaling, say) isn't worth it and gives null.
 */
export function splitFrozenPrefix(network: Network): FrozenSplit {
  const names = network.layers.map((layer) => layer.name)
  const changing = network.layers.findIndex((layer) => changesInTraining(network, layer))
  const limit = changing < 0 ? network.layers.length : changing
  const boundary = singleTensorCuts(network)
    .filter((name) => name !== network.output && names.indexOf(name) < limit)
    .at(-1)
  const before = new Set(boundary === undefined ? [] : names.slice(0, names.indexOf(boundary) + 1))
  if (
    boundary === undefined ||
    !network.layers.some((layer) => before.has(layer.name) && layer.parameters.weight !== undefined)
  )
    return { prefix: null, suffix: network, boundary: null }
  const [, ...feature] = inferShapes(network).get(boundary) ?? []
  const after = new Set(names.filter((name) => !before.has(name)))
  return {
    prefix: { ...restrictTo(network, before), output: boundary, head: null },
    suffix: { ...restrictTo(network, after), input: { name: boundary, shape: feature } },
    boundary,
  }
}

function changesInTraining(network: Network, layer: Layer): boolean {
  if (layer.statistics === 'batch' || findOperator(layer.operator).stochastic) return true
  return Object.values(layer.parameters).some((key) => network.parameters[key]?.trainable)
}
