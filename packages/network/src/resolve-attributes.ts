import { NetworkError } from './network-error.js'
import type { AttributeValue, Layer } from './network.js'
import { findOperator } from './operators/index.js'

/**
 * A layer's attributes with its operator's defaults filled in. Throws NetworkError for an unknown operator or a missing
 * required attribute.
 */
export function resolveAttributes(layer: Layer): Record<string, AttributeValue> {
  const resolved: Record<string, AttributeValue> = {}
  for (const [name, standard] of Object.entries(findOperator(layer.operator).attributes)) {
    const value = layer.attributes[name] ?? standard
    if (value === null)
      throw new NetworkError(
        `Layer '${layer.name}' (${layer.operator}) has no attribute '${name}'. It has no default.`,
        'Set it on the layer.',
      )
    resolved[name] = value
  }
  return resolved
}
