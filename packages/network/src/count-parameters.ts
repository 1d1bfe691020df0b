import type { Network } from './network.js'
import { elementCount } from './operators/support/shape-support.js'
import { isLearnable, parameterUses } from './surgery/parameter-roles.js'

/**
 * Numbers held in learnable parameters, and how many of them training may change. Running statistics of batch
 * normalisation and constants of a formula are left out, as in every published parameter count; a parameter used by
 * several layers counts once.
 */
export function countParameters(network: Network): { readonly total: number; readonly trainable: number } {
  const learnable = new Set(
    parameterUses(network.layers)
      .filter((use) => isLearnable(network, use))
      .map((use) => use.key),
  )
  const counted = Object.entries(network.parameters).filter(([key]) => learnable.has(key))
  const sum = (entries: typeof counted): number =>
    entries.reduce((total, [, parameter]) => total + elementCount(parameter.shape), 0)
  return { total: sum(counted), trainable: sum(counted.filter(([, parameter]) => parameter.trainable)) }
}
