import type { AttributeValue, Layer, Network, Parameter, Tensors } from '../../network.js'
import type { Shape } from '../../operator.js'
import { findOperator } from '../../operators/index.js'
import { resolveAttributes } from '../../resolve-attributes.js'

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

export interface NewLayer {
  readonly name: string
  readonly operator: string
  readonly inputs: readonly Value[]
  readonly attributes?: Readonly<Record<string, AttributeValue>>
  /** Values by slot, in ONNX layout. */
  readonly parameters?: Readonly<Record<string, NewParameter>>
}

export interface NewParameter {
  readonly shape: Shape
  readonly data: Float32Array
  /** Default: true for learned values; statistics and constants say false. */
  readonly trainable?: boolean
}

/** Collects the layers of the network being read. */
export interface GraphBuilder {
  readonly layers: readonly Layer[]
  readonly parameters: Readonly<Record<string, Parameter>>
  readonly tensors: Tensors
  /** Remarks for the history. */
  readonly notes: readonly string[]
  /** Adds a layer, under another name where the wanted one is taken; throws NetworkError when shapes don't fit. */
  add(layer: NewLayer): Value
  /** With the batch axis, as 1. */
  shapeOf(value: Value): Shape
  /** The value in Keras' own order: undoes an NCHW flattening, for layers that care. */
  inKerasOrder(value: Value): Value
  note(line: string): void
}

/** A builder that knows the shape of every value as it is added. */
export function createGraphBuilder(input: Network['input']): GraphBuilder {
  const layers: Layer[] = []
  const parameters: Record<string, Parameter> = {}
  const tensors: Tensors = new Map()
  const shapes = new Map<string, Shape>([[input.name, [1, ...input.shape]]])
  const notes: string[] = []
  const shapeOf = (value: Value): Shape => shapes.get(value.name) ?? []

  const addParameter = (key: string, { shape, data, trainable = true }: NewParameter): string => {
    parameters[key] = { shape, trainable, source: { kind: 'blob', blob: '', tensor: key } }
    tensors.set(key, { shape, data })
    return key
  }

  const add = ({ name: wanted, operator, inputs, attributes = {}, parameters: slots = {} }: NewLayer): Value => {
    const name = unusedName(wanted, shapes)
    const keys = Object.fromEntries(
      Object.entries(slots).map(([slot, parameter]) => [slot, addParameter(`${name}.${slot}`, parameter)]),
    )
    const plain: Layer = { name, operator, inputs: inputs.map((value) => value.name), parameters: keys, attributes }
    const layer: Layer = operator === 'BatchNormalization' ? { ...plain, statistics: 'batch' } : plain
    const parameterShapes = Object.fromEntries(
      Object.entries(slots).map(([slot, parameter]) => [slot, parameter.shape]),
    )
    shapes.set(
      name,
      findOperator(operator).shape({
        layer,
        attributes: resolveAttributes(layer),
        inputs: inputs.map(shapeOf),
        parameters: parameterShapes,
      }),
    )
    layers.push(layer)
    return { name }
  }

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

  return {
    layers,
    parameters,
    tensors,
    notes,
    add,
    shapeOf,
    inKerasOrder,
    note: (line: string): void => void (notes.includes(line) || notes.push(line)),
  }
}

function unusedName(wanted: string, taken: ReadonlyMap<string, unknown>): string {
  let name = wanted
  for (let count = 2; taken.has(name); count += 1) name = `${wanted}_${count}`
  return name
}
