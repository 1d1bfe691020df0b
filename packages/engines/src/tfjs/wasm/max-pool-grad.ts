import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '@graft/network'
import type { SuppliedKernel } from './kernel.js'

/**
 * The backend's own kernel searches each window from 0 upwards, so that a window of negative values sends its gradient to its first entry.
 * It is given the same image raised above 0 instead; images without negative values go to it as they are.
 */
export const maxPoolGrad: SuppliedKernel = {
  name: 'MaxPoolGrad',
  mode: 'replaces',
  compute: (tf, { dy, input, output }, _, original) => {
    const image = input as Tensor
    const lowest = lowestFinite(tf, image)
    return lowest >= 0 ? original() : original({ dy, input: raised(tf, image, lowest), output } as Record<string, TensorInfo>)
  },
}

/** Padding may be -Infinity. */
function lowestFinite(tf: TensorFlow, image: Tensor): number {
  const lowest = tf.min(image).dataSync()[0] ?? 0
  if (lowest !== -Infinity) return lowest
  return Math.min(-Number.MIN_VALUE, tf.min(tf.where(tf.equal(image, -Infinity), tf.zerosLike(image), image)).dataSync()[0] ?? 0)
}

/** Twice the lowest value's size is added, so that the padding, now 0, stays below everything else. */
function raised(tf: TensorFlow, image: Tensor, lowest: number): Tensor {
  const moved = tf.add(image, -2 * lowest)
  return tf.where(tf.equal(image, -Infinity), tf.zerosLike(image), moved)
}
