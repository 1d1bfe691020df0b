import { NetworkError } from './network-error.js'
import type { Layer, Network } from './network.js'
import type { Shape, ShapeCall } from './operator.js'
import { findOperator } from './operators/index.js'
import { resolveAttributes } from './resolve-attributes.js'

/**
 * Result shape of every layer, batch axis included, by layer name; the network input's shape under its own name.
 * Throws NetworkError naming the layer whose input or parameters don't fit.
 */
export function inferShapes(network: Network, batch = 1): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>([[network.input.name, [batch, ...network.input.shape]]])
  for (const layer of network.layers) {
    shapes.set(layer.name, findOperator(layer.operator).shape(shapeCall(network, layer, shapes)))
  }
  return shapes
}

/** What a layer's shape rule needs, given the shapes of the layers before it. */
export function shapeCall(network: Network, layer: Layer, shapes: ReadonlyMap<string, Shape>): ShapeCall {
  const inputs = layer.inputs.map((name) => {
    const shape = shapes.get(name)
    if (shape === undefined)
      throw new NetworkError(
        `Layer '${layer.name}' reads '${name}', which is not computed before it. Expected the network input '${network.input.name}' or an earlier layer.`,
        'List the layers in topological order.',
      )
    return shape
  })
  const parameters = Object.fromEntries(
    Object.entries(layer.parameters).map(([slot, key]) => {
      const parameter = network.parameters[key]
      if (parameter === undefined)
        throw new NetworkError(
          `Layer '${layer.name}' uses the parameter '${key}', which the network doesn't have. Expected it in 'parameters'.`,
          'Add it, or correct the name.',
        )
      return [slot, parameter.shape]
    }),
  )
  return { layer, attributes: resolveAttributes(layer), inputs, parameters }
}
