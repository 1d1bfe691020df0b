import type { Layer, Network } from '../network.js'
import type { ParameterRole } from '../operator.js'
import { findOperator } from '../operators/index.js'

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
    return Object.entries(layer.parameters).map(([slot, key]) => ({ layer, slot, key, role: roles[slot]?.role ?? 'weight' }))
  })
}

/** Running statistics are measured, not learned; a single number beside an arithmetic operator is a constant of the formula (the 6 of x / 6). */
export function isLearnable(network: Network, use: ParameterUse): boolean {
  if (use.role === 'mean' || use.role === 'variance') return false
  const shape = network.parameters[use.key]?.shape ?? []
  return use.slot !== 'operand' || shape.reduce((product, size) => product * size, 1) > 1
}
