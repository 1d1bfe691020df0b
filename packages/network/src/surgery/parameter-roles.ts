import type { Layer, Network } from '../network.js'
import type { ParameterRole } from '../operator.js'
import { findOperator } from '../operators/index.js'
import { isStatistic } from '../operators/statistics.js'
import { elementCount } from '../operators/support/shape-support.js'

/** A layer's use of a parameter. */
export interface ParameterUse {
  readonly layer: Layer
  readonly slot: string
  readonly key: string
  readonly role: ParameterRole
}

/** Every use of a parameter by a layer, in order. */
export function parameterUses(layers: readonly Layer[]): readonly ParameterUse[] {
  return layers.flatMap((layer) => {
    const roles = findOperator(layer.operator).parameters
    return Object.entries(layer.parameters).map(([slot, key]) => ({
      layer,
      slot,
      key,
      role: roles[slot]?.role ?? 'weight',
    }))
  })
}

/**
 * Running statistics are measured, not learned; constants, and a single number beside an arithmetic operator (the 6 of
 * x / 6), are parts of a formula.
 */
export function isLearnable(network: Pick<Network, 'parameters'>, use: ParameterUse): boolean {
  if (isStatistic(use.role) || use.role === 'constant') return false
  return use.slot !== 'operand' || elementCount(network.parameters[use.key]?.shape ?? []) > 1
}
