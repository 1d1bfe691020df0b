import type { OnnxModelNode } from '../onnx-model.js'
import {
  elementCount,
  float32Tensor,
  type OnnxTensor,
  type OnnxTensorType,
  tensorOf,
  tensorValues,
} from '../onnx-tensor.js'
import { NodeCall } from '../values/node-call.js'
import { roundHalfToEven } from '../values/round-half-to-even.js'

/** How whole numbers stand for others: `(number - zero) * scale`, for all of a tensor, per place of an axis or per block of it. */
export interface Quantisation {
  readonly scale: OnnxTensor
  /** Null for nought. */
  readonly zero: OnnxTensor | null
  readonly axis: number
  /** Places of the axis that share a scale; 0 where each has its own. */
  readonly block: number
}

/** Smallest and largest number of the types that quantised values have. */
const limits: Partial<Record<OnnxTensorType, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65_535],
  int16: [-32_768, 32_767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
}

/** The numbers that a tensor of whole numbers stands for, rounded to float32 as runtimes do. */
export function dequantisedTensor(
  node: OnnxModelNode,
  values: OnnxTensor,
  quantisation: Quantisation,
  name: string,
): OnnxTensor {
  const whole = wholeNumbers(values)
  const { scaleAt, zeroAt } = parametersOf(node, values.shape, quantisation)
  const floats = new Float32Array(whole.length)
  for (let index = 0; index < floats.length; index += 1)
    floats[index] = ((whole[index] ?? 0) - zeroAt(index)) * scaleAt(index)
  return float32Tensor(name, values.shape, floats)
}

/** Numbers of one byte are taken as they lie: there are millions of them. */
function wholeNumbers(tensor: OnnxTensor): Float64Array | Int8Array | Uint8Array {
  const { type, data, shape } = tensor
  if (!(data instanceof Uint8Array) || (type !== 'int8' && type !== 'uint8')) return tensorValues(tensor)
  const count = elementCount(shape)
  return type === 'int8' ? new Int8Array(data.buffer, data.byteOffset, count) : data.subarray(0, count)
}

/** Whole numbers for a tensor, rounded and cut off as QuantizeLinear does. */
export function quantisedTensor(
  node: OnnxModelNode,
  values: OnnxTensor,
  quantisation: Quantisation,
  name: string,
): OnnxTensor {
  const type = quantisation.zero?.type ?? 'uint8'
  const [least, most] = rangeOfType(node, type)
  const { scaleAt, zeroAt } = parametersOf(node, values.shape, quantisation)
  const whole = Array.from(tensorValues(values), (value, index) =>
    Math.min(most, Math.max(least, roundHalfToEven(value / scaleAt(index)) + zeroAt(index))),
  )
  return tensorOf(name, type, values.shape, whole)
}

/** The smallest and the largest number that can be represented; null where they differ from place to place. */
export function rangeOf(
  node: OnnxModelNode,
  { scale, zero }: Quantisation,
): { readonly least: number; readonly most: number } | null {
  if (elementCount(scale.shape) !== 1) return null
  const [least, most] = rangeOfType(node, zero?.type ?? 'uint8')
  const [step = 1, middle = 0] = [tensorValues(scale)[0], zero === null ? 0 : tensorValues(zero)[0]]
  return { least: (least - middle) * step, most: (most - middle) * step }
}

function rangeOfType(node: OnnxModelNode, type: OnnxTensorType): readonly [number, number] {
  const range = limits[type]
  if (range !== undefined) return range
  throw refused(node, `quantises to the type ${type}`, 'Known are int8, uint8, int16, uint16 and int32.')
}

interface Parameters {
  scaleAt(index: number): number
  zeroAt(index: number): number
}

function parametersOf(node: OnnxModelNode, shape: readonly number[], quantisation: Quantisation): Parameters {
  const scales = tensorValues(quantisation.scale)
  const zeros = quantisation.zero === null ? Float64Array.of(0) : tensorValues(quantisation.zero)
  const place = placeOf(node, shape, quantisation, scales.length)
  if (zeros.length !== scales.length && zeros.length !== 1)
    throw refused(node, `has ${scales.length} scales and ${zeros.length} zero points`, damaged)
  return {
    scaleAt: (index) => scales[place(index)] ?? NaN,
    zeroAt: zeros.length === 1 ? () => zeros[0] ?? 0 : (index) => zeros[place(index)] ?? 0,
  }
}

/** Which of the scales an element has. */
function placeOf(
  node: OnnxModelNode,
  shape: readonly number[],
  { axis: given, block }: Quantisation,
  count: number,
): (index: number) => number {
  if (count === 1) return () => 0
  const axis = given < 0 ? given + shape.length : given
  const size = shape[axis] ?? 0
  const inner = elementCount(shape.slice(axis + 1))
  const steps = block === 0 ? size : Math.ceil(size / block)
  const outer = block === 0 ? 1 : elementCount(shape.slice(0, axis))
  const expected = block === 0 ? size : outer * steps * inner
  if (count !== expected || count === 0)
    throw refused(node, `has ${count} scales for values of shape [${shape.join(', ')}] along axis ${given}`, damaged)
  if (block === 0) return (index) => Math.floor(index / inner) % size
  return (index) => {
    const [row, along] = [Math.floor(index / (inner * size)), Math.floor(index / inner) % size]
    return (row * steps + Math.floor(along / block)) * inner + (index % inner)
  }
}

export const damaged = 'The file is damaged or was written wrongly; export the model again.'

/** An error about a node of a quantised graph. */
export const refused = (node: OnnxModelNode, problem: string, fix: string): Error =>
  new NodeCall(node, [], 0).refuse(problem, fix)
