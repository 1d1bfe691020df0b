import { NetworkBuilder, type NewLayer as PlainLayer, type NewParameter } from '../../builder/network-builder.js'
import type { Network } from '../../network.js'
import type { Shape } from '../../operator.js'

export type { NewParameter }

/**
 * A value while a Keras model is translated. Rank-4 values are held NCHW where Keras means NHWC; other ranks as in
 * Keras.
 */
export interface Value {
  /** Layer (or network input) that gives it. */
  readonly name: string
  /** Set on a vector flattened in NCHW order although Keras flattens NHWC: the map's `[channels, height, width]`. */
  readonly flattenedFrom?: readonly [number, number, number]
}

export interface NewLayer extends Omit<PlainLayer, 'inputs' | 'parameters'> {
  readonly inputs: readonly Value[]
  /** Values by slot, in ONNX layout. */
  readonly parameters?: Readonly<Record<string, NewParameter>>
}

/** Collects the layers of the network being read. */
export interface GraphBuilder {
  readonly network: NetworkBuilder
  /** Adds a layer, under another name where the wanted one is taken; throws NetworkError when shapes don't fit. */
  add(layer: NewLayer): Value
  /** With the batch axis, as 1. */
  shapeOf(value: Value): Shape
  /** The value in Keras' own order: undoes an NCHW flattening, for layers that care. */
  inKerasOrder(value: Value): Value
}

/** A builder for values that remember in which order Keras means them. */
export function createGraphBuilder(input: Network['input']): GraphBuilder {
  const network = new NetworkBuilder({ input })
  const add = ({ inputs, ...layer }: NewLayer): Value => ({
    name: network.add({ ...layer, inputs: inputs.map((value) => value.name) }),
  })

  const inKerasOrder = (value: Value): Value => {
    if (!value.flattenedFrom) return value
    const map = add({
      name: `${value.name}.map`,
      operator: 'Reshape',
      inputs: [value],
      attributes: { shape: [0, ...value.flattenedFrom] },
    })
    const channelsLast = add({
      name: `${value.name}.channels_last`,
      operator: 'Transpose',
      inputs: [map],
      attributes: { perm: [0, 2, 3, 1] },
    })
    return add({ name: `${value.name}.flat`, operator: 'Flatten', inputs: [channelsLast], attributes: { axis: 1 } })
  }

  return { network, add, shapeOf: (value) => network.shape(value.name), inKerasOrder }
}
