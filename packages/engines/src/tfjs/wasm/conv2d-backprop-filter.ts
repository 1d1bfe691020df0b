import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '@graft/network'
import { convolutionSizes, fit } from './kernel.js'
import type { ConvolutionSizes, SuppliedKernel } from './kernel.js'

/**
 * Gradient of a convolution for its filter. 1x1: a matrix product. Otherwise a convolution itself: the image with
 * channels and batch swapped, the result's gradient as its (large) filter, strides become dilations.
 */
export const conv2DBackpropFilter: SuppliedKernel = {
  name: 'Conv2DBackpropFilter',
  mode: 'missing',
  compute: (tf, { x, dy }, attributes) => {
    const filterShape = attributes['filterShape'] as [number, number, number, number]
    const sizes = convolutionSizes(tf, (x as Tensor).shape, filterShape, attributes, false)
    return isPointwise(sizes)
      ? pointwise(tf, x as Tensor, dy as Tensor, filterShape)
      : correlate(tf, x as Tensor, dy as Tensor, sizes)
  },
}

export function isPointwise(sizes: ConvolutionSizes): boolean {
  return (
    sizes.kernelHeight === 1 &&
    sizes.kernelWidth === 1 &&
    sizes.strideHeight === 1 &&
    sizes.strideWidth === 1 &&
    sizes.top === 0 &&
    sizes.left === 0 &&
    sizes.outputHeight === sizes.height &&
    sizes.outputWidth === sizes.width
  )
}

function pointwise(
  tf: TensorFlow,
  image: Tensor,
  gradient: Tensor,
  filterShape: [number, number, number, number],
): Tensor {
  const [, , inputs, outputs] = filterShape
  return tf.reshape(
    tf.matMul(tf.transpose(tf.reshape(image, [-1, inputs])), tf.reshape(gradient, [-1, outputs])),
    filterShape,
  )
}

function correlate(tf: TensorFlow, image: Tensor, gradient: Tensor, sizes: ConvolutionSizes): Tensor {
  const swapped = tf.transpose(image, [3, 1, 2, 0])
  const below = (sizes.outputHeight - 1) * sizes.strideHeight + sizes.kernelHeight - sizes.height - sizes.top
  const right = (sizes.outputWidth - 1) * sizes.strideWidth + sizes.kernelWidth - sizes.width - sizes.left
  const bordered = fit(tf, fit(tf, swapped, 1, sizes.top, below), 2, sizes.left, right)
  const filter = tf.transpose(gradient, [1, 2, 0, 3])
  const product = tf.conv2d(bordered as Tensor4D, filter as Tensor4D, 1, 'valid', 'NHWC', [
    sizes.strideHeight,
    sizes.strideWidth,
  ])
  return tf.transpose(product, [1, 2, 0, 3])
}
