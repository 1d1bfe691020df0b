import type { Network } from './network.js'
import { findOperator } from './operators/index.js'

/**
 * Numbers held in parameters, and how many of them training may change. Running statistics of batch normalisation are left out,
 * as in every published parameter count; a parameter used by several layers counts once.
 */
export function countParameters(network: Network): { readonly total: number; readonly trainable: number } {
  const statistics = statisticsOf(network)
  const counted = Object.entries(network.parameters).filter(([key]) => !statistics.has(key))
  const sum = (entries: typeof counted): number => entries.reduce((total, [, parameter]) => total + parameter.shape.reduce((size, length) => size * length, 1), 0)
  return { total: sum(counted), trainable: sum(counted.filter(([, parameter]) => parameter.trainable)) }
}

function statisticsOf(network: Network): ReadonlySet<string> {
  const keys = network.layers.flatMap((layer) => {
    const slots = findOperator(layer.operator).parameters
    return Object.entries(layer.parameters).filter(([slot]) => slots[slot]?.role === 'mean' || slots[slot]?.role === 'variance').map(([, key]) => key)
  })
  return new Set(keys)
}
