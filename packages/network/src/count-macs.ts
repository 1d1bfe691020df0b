import type { Network } from './network.js'
import { findOperator } from './operators/index.js'
import { inferShapes, shapeCall } from './infer-shapes.js'

/** Multiply-accumulate operations for one image, by layer name. Throws NetworkError when shapes don't fit. */
export function countMacs(network: Network): ReadonlyMap<string, number> {
  const shapes = inferShapes(network, 1)
  return new Map(
    network.layers.map((layer) => {
      const output = shapes.get(layer.name) ?? []
      return [layer.name, findOperator(layer.operator).macs?.({ ...shapeCall(network, layer, shapes), output }) ?? 0]
    }),
  )
}
