import type { Tensor } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '../../operator.js'

/** Zero mean and unit (biased) variance over the axes. */
export function standardise(tf: TensorFlow, tensor: Tensor, axes: number[], epsilon: number): Tensor {
  const centred = tf.sub(tensor, tf.mean(tensor, axes, true))
  const variance = tf.mean(tf.square(centred), axes, true)
  return tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)))
}
