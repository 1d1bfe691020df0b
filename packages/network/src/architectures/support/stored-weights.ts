import type { Network } from '../../network.js'
import { findOperator } from '../../operators/index.js'
import type { Architecture, ArchitectureOptions } from '../architecture.js'

/** How a parameter of a network stands in a file of weights. */
export interface StoredParameter {
  /** Key in `Network.parameters`. */
  readonly key: string
  /** Several are joined along the first axis. */
  readonly names: readonly string[]
  /** In the file, all parts together. */
  readonly shape: readonly number[]
  /** The network has it the other way round. */
  readonly transposed: boolean
}

/**
 * How the parameters of a network that this architecture has built stand in files of a layout. Numbers of the formula
 * (a constant factor) are in no file.
 */
export function storedParameters(
  architecture: Architecture,
  network: Network,
  layout: string,
  options: ArchitectureOptions,
): readonly StoredParameter[] {
  const keys = Object.keys(network.parameters)
  const own = layout === architecture.layouts[0]
  const names = own ? keys.map((key) => [key]) : architecture.namesIn(layout, options)
  const constants = keysIn(network, (operator, slot) => findOperator(operator).parameters[slot]?.role === 'constant')
  const transposed = keysIn(network, (operator) => operator === 'MatMul')
  return keys.flatMap((key, index): StoredParameter[] => {
    if (constants.has(key)) return []
    const shape = network.parameters[key]?.shape ?? []
    const turned = transposed.has(key)
    const plain = turned ? [...shape].reverse() : shape
    const stored = architecture.storedShape?.(key, plain, layout) ?? plain
    return [{ key, names: names[index] ?? [key], shape: stored, transposed: turned }]
  })
}

function keysIn({ layers }: Network, wanted: (operator: string, slot: string) => boolean): ReadonlySet<string> {
  return new Set(
    layers.flatMap(({ operator, parameters }) =>
      Object.entries(parameters).flatMap(([slot, key]) => (wanted(operator, slot) ? [key] : [])),
    ),
  )
}
