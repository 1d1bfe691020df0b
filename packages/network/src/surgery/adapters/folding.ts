import { must } from '@graft/errors'
import type { Layer, TensorData, Tensors } from '../../network.js'

/** The numbers in a slot of a layer. */
export const tensorOf = (tensors: Tensors, layer: Layer, slot: string): TensorData =>
  must(tensors.get(layer.parameters[slot] ?? ''), `the ${slot} of layer ${layer.name}`)

/** The key of a layer's parameter, or a new one where other layers read it as well: theirs must not change. */
export function ownKey(layers: readonly Layer[], layer: Layer, slot: string): string {
  const key = layer.parameters[slot]
  const shared = layers.some(
    (other) => other.name !== layer.name && Object.values(other.parameters).includes(key ?? ''),
  )
  return key === undefined || shared ? `${layer.name}.folded_${slot}` : key
}

/** Values times the factor of their entry along one axis. */
export function scaleAlong({ shape, data }: TensorData, axis: number, factors: Float32Array): TensorData {
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1)
  const length = shape[axis] ?? 1
  return {
    shape,
    data: data.map((value, index) => value * (factors[Math.floor(index / inner) % length] ?? 1)),
  }
}
