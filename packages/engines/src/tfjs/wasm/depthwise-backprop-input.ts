import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '@graft/network'
import { convolutionSizes, unfoldGradient } from './kernel.js'
import type { SuppliedKernel } from './kernel.js'

/**
 * Gradient of a depthwise convolution for its image: a depthwise convolution with the filter turned by 180 degrees,
 * summed over the channel multiplier.
 */
export const depthwiseBackpropInput: SuppliedKernel = {
  name: 'DepthwiseConv2dNativeBackpropInput',
  mode: 'missing',
  compute: (tf, { dy, filter }, attributes) => {
    const kernel = filter as Tensor4D
    const [height, width, channels, multiplier] = kernel.shape
    const sizes = convolutionSizes(tf, attributes['inputShape'] as number[], kernel.shape, attributes, true)
    const turned = tf.reverse(kernel, [0, 1])
    const parts = splitMultiplier(tf, dy as Tensor, channels, multiplier).map((gradient, index) => {
      const own = multiplier === 1 ? turned : tf.slice(turned, [0, 0, 0, index], [height, width, channels, 1])
      return tf.depthwiseConv2d(unfoldGradient(tf, gradient, sizes), own as Tensor4D, 1, 'valid', 'NHWC', [
        sizes.dilationHeight,
        sizes.dilationWidth,
      ])
    })
    return parts.reduce((sum, part) => tf.add(sum, part))
  },
}

/**
 * One `[n, h, w, channels]` gradient per multiplier index; output channel `c * multiplier + i` belongs to channel c.
 */
export function splitMultiplier(tf: TensorFlow, gradient: Tensor, channels: number, multiplier: number): Tensor[] {
  if (multiplier === 1) return [gradient]
  const [batch = 1, height = 1, width = 1] = gradient.shape
  const pairs = tf.reshape(gradient, [batch * height * width, channels, multiplier])
  return Array.from({ length: multiplier }, (_, index) =>
    tf.reshape(tf.slice(pairs, [0, 0, index], [batch * height * width, channels, 1]), [batch, height, width, channels]),
  )
}
