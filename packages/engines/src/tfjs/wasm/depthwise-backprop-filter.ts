import type { Tensor } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '@graft/network'
import { splitMultiplier } from './depthwise-backprop-input.js'
import { convolutionSizes, fit, spread } from './kernel.js'
import type { ConvolutionSizes, SuppliedKernel } from './kernel.js'

/**
 * Gradient of a depthwise convolution for its filter. Image and gradient are laid out as flat rows of equal length with zero borders, so that every
 * filter position is one contiguous shift: shift, multiply, and add up the rows with a matrix product. Strided windows over the image itself
 * would copy row by row, which is several times slower on this backend.
 */
export const depthwiseBackpropFilter: SuppliedKernel = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  mode: 'missing',
  compute: (tf, { x, dy }, attributes) => {
    const filterShape = attributes['filterShape'] as [number, number, number, number]
    const [, , channels, multiplier] = filterShape
    const sizes = convolutionSizes(tf, (x as Tensor).shape, filterShape, attributes, true)
    const filters = splitMultiplier(tf, dy as Tensor, channels, multiplier).map(gradient => oneFilter(tf, x as Tensor, gradient, sizes, channels))
    return tf.reshape(filters.length === 1 ? (filters[0] as Tensor) : tf.stack(filters, 2), filterShape)
  },
}

/** `[positions, channels]`, filter positions row by row. */
function oneFilter(tf: TensorFlow, image: Tensor, gradient: Tensor, sizes: ConvolutionSizes, channels: number): Tensor {
  const spreadGradient = spread(tf, spread(tf, gradient, 1, sizes.strideHeight), 2, sizes.strideWidth)
  const reachDown = (sizes.kernelHeight - 1) * sizes.dilationHeight
  const reachAcross = (sizes.kernelWidth - 1) * sizes.dilationWidth
  const rows = (spreadGradient.shape[1] ?? 1) + reachDown
  const columns = (spreadGradient.shape[2] ?? 1) + reachAcross
  const flatGradient = flatten(tf, fit(tf, fit(tf, spreadGradient, 1, 0, reachDown), 2, 0, reachAcross))
  const bordered = fit(tf, fit(tf, image, 1, sizes.top, rows - sizes.height - sizes.top), 2, sizes.left, columns - sizes.width - sizes.left)
  const flatImage = flatten(tf, bordered)
  const offsets = filterOffsets(sizes, columns).map(offset => offset * channels)
  // The last entries of the gradient are border, so the longest shift can be left out of every product.
  const length = flatImage.size - (reachDown * columns + reachAcross) * channels
  const ones = tf.ones([1, length / channels])
  const shortened = tf.slice(flatGradient, [0], [length])
  return tf.concat(offsets.map(offset => tf.tidy(() => {
    const products = tf.mul(tf.slice(flatImage, [offset], [length]), shortened)
    return tf.matMul(ones, tf.reshape(products, [length / channels, channels]))
  })), 0)
}

function flatten(tf: TensorFlow, tensor: Tensor): Tensor {
  return tf.reshape(tensor, [tensor.size])
}

/** How many pixels ahead each filter position looks. */
function filterOffsets(sizes: ConvolutionSizes, columns: number): number[] {
  return Array.from({ length: sizes.kernelHeight * sizes.kernelWidth }, (_, position) => {
    const row = Math.floor(position / sizes.kernelWidth)
    return row * sizes.dilationHeight * columns + (position % sizes.kernelWidth) * sizes.dilationWidth
  })
}
