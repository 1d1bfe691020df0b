import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '@graft/network'
import type { SuppliedKernel } from './kernel.js'

/**
 * The backend's own kernel searches each window from 0 upwards, so that the gradient of a window without positive
 * values goes astray, to the batch's very first pixel. It is given the same image raised above 0 instead.
 */
export const maxPoolGrad: SuppliedKernel = {
  name: 'MaxPoolGrad',
  mode: 'replaces',
  compute: (tf, { dy, input, output }, _, original) => {
    const image = input as Tensor
    const lowest = lowestFinite(tf, image)
    return lowest > 0
      ? original()
      : original({ dy, input: raised(tf, image, lowest), output } as Record<string, TensorInfo>)
  },
}

/** Padding may be -Infinity; 0 stands for it, since some of the image has to be raised then. */
function lowestFinite(tf: TensorFlow, image: Tensor): number {
  const lowest = tf.min(image).dataSync()[0] ?? 0
  if (lowest !== -Infinity) return lowest
  return tf.min(tf.where(tf.equal(image, -Infinity), tf.zerosLike(image), image)).dataSync()[0] ?? 0
}

/**
 * Twice the lowest value's size is added, so that the padding, now 0, stays below everything else; a hair is enough
 * after a ReLU.
 */
function raised(tf: TensorFlow, image: Tensor, lowest: number): Tensor {
  const moved = tf.add(image, lowest < 0 ? -2 * lowest : 1e-30)
  return tf.where(tf.equal(image, -Infinity), tf.zerosLike(image), moved)
}
