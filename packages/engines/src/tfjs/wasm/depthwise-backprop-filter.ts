import type { Tensor } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '@graft/network'
import { splitMultiplier } from './depthwise-backprop-input.js'
import { convolutionSizes, fit } from './kernel.js'
import type { ConvolutionSizes, SuppliedKernel } from './kernel.js'
import { computeInMemory } from './memory.js'

/** Pixels whose products are added up in registers before they join the totals. */
const block = 32

/**
 * Gradient of a depthwise convolution for its filter, in the wasm memory: image and gradient get zero borders so that
 * every filter position is one shift, and three positions are added up at a time. Composed of shifts, products and sums
 * of tensors it takes five times as long.
 */
export const depthwiseBackpropFilter: SuppliedKernel = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  mode: 'missing',
  compute: (tf, { x, dy }, attributes) => {
    const filterShape = attributes['filterShape'] as [number, number, number, number]
    const [, , channels, multiplier] = filterShape
    const sizes = convolutionSizes(tf, (x as Tensor).shape, filterShape, attributes, true)
    const filters = splitMultiplier(tf, dy as Tensor, channels, multiplier).map((gradient) =>
      oneFilter(tf, x as Tensor, gradient, sizes, channels),
    )
    return tf.reshape(filters.length === 1 ? (filters[0] as Tensor) : tf.stack(filters, 2), filterShape)
  },
}

/** Where the values that meet at one filter position lie: `runs` runs of `length` pixels. */
interface Walk {
  readonly runs: number
  readonly length: number
  /** Pixels from one run to the next, and from one value to the next inside a run. */
  readonly imageRun: (run: number) => number
  readonly imageStep: number
  readonly gradientRun: number
}

/** `[positions, channels]`, filter positions row by row. */
function oneFilter(tf: TensorFlow, image: Tensor, gradient: Tensor, sizes: ConvolutionSizes, channels: number): Tensor {
  const reachDown = (sizes.kernelHeight - 1) * sizes.dilationHeight
  const reachAcross = (sizes.kernelWidth - 1) * sizes.dilationWidth
  const rows = (sizes.outputHeight - 1) * sizes.strideHeight + 1 + reachDown
  const columns = (sizes.outputWidth - 1) * sizes.strideWidth + 1 + reachAcross
  const bordered = fit(
    tf,
    fit(tf, image, 1, sizes.top, rows - sizes.height - sizes.top),
    2,
    sizes.left,
    columns - sizes.width - sizes.left,
  )
  const unit = sizes.strideHeight === 1 && sizes.strideWidth === 1
  const matching = unit ? fit(tf, fit(tf, gradient, 1, 0, reachDown), 2, 0, reachAcross) : gradient
  const walk = unit ? flatWalk(sizes, rows, columns) : stridedWalk(sizes, rows, columns)
  const offsets = Array.from(
    { length: sizes.kernelHeight * sizes.kernelWidth },
    (_, position) =>
      Math.floor(position / sizes.kernelWidth) * sizes.dilationHeight * columns +
      (position % sizes.kernelWidth) * sizes.dilationWidth,
  )
  const info = computeInMemory(tf, [bordered, matching], [offsets.length, channels], (output, values, weights) =>
    output.set(correlate(values as Float32Array, weights as Float32Array, walk, offsets, channels)),
  )
  return tf.engine().makeTensorFromTensorInfo(info)
}

/**
 * Stride 1: image and bordered gradient have the same rows, so that everything is one run; it ends where only border is
 * left.
 */
function flatWalk(sizes: ConvolutionSizes, rows: number, columns: number): Walk {
  const length = ((sizes.batch - 1) * rows + sizes.outputHeight - 1) * columns + sizes.outputWidth
  return { runs: 1, length, imageRun: () => 0, imageStep: 1, gradientRun: length }
}

/** Larger strides: one run per row of the result. */
function stridedWalk(sizes: ConvolutionSizes, rows: number, columns: number): Walk {
  return {
    runs: sizes.batch * sizes.outputHeight,
    length: sizes.outputWidth,
    imageRun: (run) =>
      (Math.floor(run / sizes.outputHeight) * rows + (run % sizes.outputHeight) * sizes.strideHeight) * columns,
    imageStep: sizes.strideWidth,
    gradientRun: sizes.outputWidth,
  }
}

function correlate(
  image: Float32Array,
  gradient: Float32Array,
  walk: Walk,
  offsets: readonly number[],
  channels: number,
): Float64Array {
  const totals = new Float64Array(offsets.length * channels)
  for (let run = 0; run < walk.runs; run++) {
    for (let start = 0; start < walk.length; start += block) {
      const count = Math.min(block, walk.length - start)
      const imageAt = (walk.imageRun(run) + start * walk.imageStep) * channels
      const gradientAt = (run * walk.gradientRun + start) * channels
      for (let position = 0; position < offsets.length; position += 3) {
        addPositions(
          image,
          gradient,
          totals,
          offsets,
          position,
          imageAt,
          gradientAt,
          count,
          channels,
          walk.imageStep * channels,
        )
      }
    }
  }
  return totals
}

/**
 * Adds the products of up to three neighbouring filter positions; positions beyond the last repeat it and are dropped.
 */
function addPositions(
  image: Float32Array,
  gradient: Float32Array,
  totals: Float64Array,
  offsets: readonly number[],
  position: number,
  imageAt: number,
  gradientAt: number,
  count: number,
  channels: number,
  imageStep: number,
): void {
  const last = offsets.length - 1
  const first = (offsets[position] ?? 0) * channels
  const second = (offsets[Math.min(last, position + 1)] ?? 0) * channels
  const third = (offsets[Math.min(last, position + 2)] ?? 0) * channels
  for (let channel = 0; channel < channels; channel++) {
    let firstTotal = 0
    let secondTotal = 0
    let thirdTotal = 0
    let read = imageAt + channel
    for (let weight = gradientAt + channel, end = weight + count * channels; weight < end; weight += channels) {
      const factor = gradient[weight] as number
      firstTotal += factor * (image[read + first] as number)
      secondTotal += factor * (image[read + second] as number)
      thirdTotal += factor * (image[read + third] as number)
      read += imageStep
    }
    const at = position * channels + channel
    totals[at] = (totals[at] as number) + firstTotal
    if (position + 1 <= last) totals[at + channels] = (totals[at + channels] as number) + secondTotal
    if (position + 2 <= last) totals[at + 2 * channels] = (totals[at + 2 * channels] as number) + thirdTotal
  }
}
