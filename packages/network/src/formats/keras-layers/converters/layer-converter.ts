import { z } from 'zod'
import type { TensorData } from '../../../network.js'
import { FormatError } from '../../../weight-format.js'
import type { GraphBuilder, Value } from '../graph-builder.js'
import type { KerasFormula, KerasLayer } from '../topology.js'
import { describeIssues } from '../../support/describe-issues.js'

/** Translates Keras layers of some classes. One file per family beside this one, listed in `index.ts`. */
export interface LayerConverter {
  readonly classNames: readonly string[]
  /**
   * Names of the layer's variables, in the order in which Keras makes them: files of Keras 3 number them. Absent: it has
   * none.
   */
  variables?(layer: KerasLayer): readonly string[]
  /** Adds layers to `call.builder`; returns the layer's value. */
  convert(call: LayerCall): Value
}

export interface LayerCall {
  readonly layer: KerasLayer
  readonly inputs: readonly Value[]
  /** The number of a formula such as `x + 3`. */
  readonly formula: KerasFormula | undefined
  readonly builder: GraphBuilder
  /** Who wrote the file: a few definitions differ between Keras 2, Keras 3 and TensorFlow.js. */
  readonly dialect: 'keras2' | 'keras3' | 'tfjs'
  /** The layer's weight by the first of these names that is there; throws FormatError when none is. */
  weight(...names: string[]): TensorData
  /** As `weight`, but undefined when there is none. */
  findWeight(...names: string[]): TensorData | undefined
}

/** The layer's only data input, in Keras' order. */
export function singleInput(call: LayerCall): Value {
  return call.builder.inKerasOrder(rawInput(call))
}

/** The layer's only data input, perhaps flattened in NCHW order: for layers to which the order means nothing. */
export function rawInput(call: LayerCall): Value {
  const [input, ...others] = call.inputs
  if (!input || others.length > 0)
    throw unsupported(call, `has ${call.inputs.length} inputs; one is expected`, 'Check the model')
  return input
}

/** The `FormatError` for something a layer asks for that can't be represented. */
export function unsupported(call: Pick<LayerCall, 'layer'>, problem: string, fix: string): FormatError {
  return new FormatError(
    `Layer ${call.layer.name} (${call.layer.className}) ${problem}.`,
    `${fix}, or cut the model before this layer and convert it again.`,
  )
}

/** Reads a field of the layer's config; throws FormatError when it has another form. */
export function configField<Schema extends z.ZodType>(
  call: Pick<LayerCall, 'layer'>,
  field: string,
  schema: Schema,
): z.infer<Schema> {
  const parsed = schema.safeParse(call.layer.config[field] ?? undefined)
  if (parsed.success) return parsed.data
  throw unsupported(
    call,
    `has ${field} = ${shortly(call.layer.config[field])}: ${describeIssues(parsed.error)}`,
    'Save the model again',
  )
}

/** A value of a file for a message. */
export function shortly(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 200 ? `${text.slice(0, 200)}...` : text
}

/** A pair `[height, width]` given as one number or two. */
export const pair = z.union([
  z
    .number()
    .int()
    .transform((size): [number, number] => [size, size]),
  z.tuple([z.number().int(), z.number().int()]),
])

/** `name` unless the layer's config switches it off, as `use_bias: false` does. */
export const unlessOff = ({ config }: KerasLayer, field: string, name: string): readonly string[] =>
  config[field] === false ? [] : [name]

/** Refuses channels-first models: their weights and axes mean something else. */
export function requireChannelsLast(call: LayerCall): void {
  if (call.layer.config.data_format === 'channels_first')
    throw unsupported(
      call,
      'has data_format channels_first; channels_last is expected',
      'Convert the model to channels_last',
    )
}

/** A Keras axis (batch included) as the axis of our value, which holds maps channels-first. */
export function toOwnAxis(call: LayerCall, axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis
  if (positive < 0 || positive >= rank)
    throw unsupported(call, `uses axis ${axis} of a value with ${rank} axes`, 'Save the model again')
  return rank === 4 ? ([0, 2, 3, 1][positive] ?? 0) : positive
}

/** Reorders axes of a dense row-major array: axis `i` of the result is axis `order[i]` of the source. */
export function transpose(
  { shape, data }: TensorData,
  order: readonly number[],
): { shape: number[]; data: Float32Array } {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1))
  const target = order.map((axis) => shape[axis] ?? 1)
  const steps = order.map((axis) => strides[axis] ?? 1)
  const result = new Float32Array(data.length)
  const copy = (axis: number, from: number, to: number): number => {
    const [count, step] = [target[axis] ?? 1, steps[axis] ?? 1]
    if (axis >= target.length - 1) return copyEvery(data, result, { from, step, to, count })
    let end = to
    for (let index = 0; index < count; index++) end = copy(axis + 1, from + index * step, end)
    return end
  }
  copy(0, 0, 0)
  return { shape: target, data: result }
}

/** Copies numbers that lie `step` apart to places next to each other; returns the place after them. */
function copyEvery(
  data: Float32Array,
  result: Float32Array,
  { from, step, to, count }: Record<'from' | 'step' | 'to' | 'count', number>,
): number {
  for (let index = 0, source = from; index < count; index++, source += step) result[to + index] = data[source]!
  return to + count
}
