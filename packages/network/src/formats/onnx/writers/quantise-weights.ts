import { float32Tensor, type OnnxTensor, tensorFloats, tensorOf } from '../onnx-tensor.js'
import { rounded, weightScales } from './weight-scales.js'

/**
 * Weights take 7 of the 8 bits: processors without VNNI add two products of 8 bits in 16, which overflows otherwise, so
 * that the same file would answer differently from machine to machine. Kernels of depthwise convolutions add in 32 bits.
 */
const [usualLevels, depthwiseLevels] = [63, 127]

/** A weight in 8 bits: a scale per output channel, zero in the middle. */
export interface QuantisedWeight {
  readonly values: OnnxTensor
  readonly scale: OnnxTensor
  readonly zero: OnnxTensor
  readonly axis: number
  /** The scales once more, for the bias. */
  readonly scales: Float32Array
}

/** Which part of a graph a weight is of. */
export interface WeightPlace {
  /** Of output channels. */
  readonly axis: number
  readonly inputScale: number
  readonly bias: OnnxTensor | undefined
  /** A convolution of every channel by itself. */
  readonly depthwise: boolean
}

/**
 * Quantises a weight per output channel; channels whose bias needs it get a coarser scale, so that the bias fits 32
 * bits.
 */
export function quantiseWeight(
  weight: OnnxTensor,
  { axis, inputScale, bias, depthwise }: WeightPlace,
): QuantisedWeight {
  const values = tensorFloats(weight)
  const channels = weight.shape[axis] ?? 1
  const inner = weight.shape.slice(axis + 1).reduce((product, size) => product * size, 1)
  const channelOf = (index: number): number => Math.floor(index / inner) % channels
  const levels = depthwise ? depthwiseLevels : usualLevels
  const biases = bias === undefined ? null : tensorFloats(bias)
  const scales = weightScales({ values, channels, channelOf }, levels).map((scale, channel) =>
    Math.max(scale, Math.abs(biases?.[channel] ?? 0) / (inputScale * 2 ** 30), 1e-12),
  )
  const bytes = Int8Array.from(values, (value, index) => rounded(value, scales[channelOf(index)] ?? 1, levels))
  const { name, shape } = weight
  return {
    values: { name: `${name}/int8`, type: 'int8', shape, data: new Uint8Array(bytes.buffer) },
    scale: float32Tensor(`${name}/scale`, [channels], scales),
    zero: tensorOf(`${name}/zero`, 'int8', [channels], new Array<number>(channels).fill(0)),
    axis,
    scales,
  }
}

/** A bias in 32 bits, in units of input times weight. */
export function quantiseBias(
  bias: OnnxTensor,
  inputScale: number,
  scales: Float32Array,
): { readonly values: OnnxTensor; readonly scale: OnnxTensor; readonly zero: OnnxTensor } {
  const units = scales.map((scale) => scale * inputScale)
  const values = [...tensorFloats(bias)].map((value, channel) => Math.round(value / (units[channel] ?? 1)))
  const { name, shape } = bias
  return {
    values: tensorOf(`${name}/int32`, 'int32', shape, values),
    scale: float32Tensor(`${name}/scale`, [units.length], units),
    zero: tensorOf(`${name}/zero`, 'int32', [units.length], new Array<number>(units.length).fill(0)),
  }
}

/**
 * The bias with what rounding the weights shifts on average taken off: `(rounded - weight) * mean of the input`, summed.
 * Where a rounded weight is a little too large everywhere, so is its output (Nagel et al. 2019, section 4.2).
 */
export function correctedBias(
  bias: OnnxTensor,
  weight: OnnxTensor,
  { values, scales, axis }: QuantisedWeight,
  means: readonly number[],
  operator: string,
): OnnxTensor {
  const exact = tensorFloats(weight)
  const whole = new Int8Array((values.data as Uint8Array).buffer)
  const [first = 1, second = 1, ...window] = weight.shape
  const area = window.reduce((product, size) => product * size, 1)
  const outputs = axis === 0 ? first : second
  const perGroup = axis === 0 ? second : first
  const groups = operator === 'Conv' ? means.length / perGroup : 1
  if (!Number.isInteger(groups) || groups * perGroup !== means.length) return bias
  const shift = new Float32Array(outputs)
  exact.forEach((value, index) => {
    const row = Math.floor(index / (second * area))
    const column = Math.floor(index / area) % second
    const [output, input] = axis === 0 ? [row, column] : [column, row]
    const group = Math.floor(output / (outputs / groups))
    const error = (whole[index] ?? 0) * (scales[output] ?? 0) - value
    shift[output] = (shift[output] ?? 0) + error * (means[group * perGroup + input] ?? 0)
  })
  return float32Tensor(
    bias.name,
    bias.shape,
    tensorFloats(bias).map((value, index) => value - (shift[index] ?? 0)),
  )
}
