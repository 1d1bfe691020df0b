import type { Tensor } from '@tensorflow/tfjs-core'
import type { GraphBuilder, TensorFlow } from '../operator.js'
import { graphMath } from './gradient-support.js'

/** Zero mean and unit (biased) variance over the axes. */
export function standardise(tf: TensorFlow, tensor: Tensor, axes: number[], epsilon: number): Tensor {
  const centred = tf.sub(tensor, tf.mean(tensor, axes, true))
  const variance = tf.mean(tf.square(centred), axes, true)
  return tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)))
}

/** The gradient through it, given the standardised value and the reciprocal deviation. */
export function standardiseGradient(
  build: GraphBuilder,
  gradient: string,
  standardised: string,
  root: string,
  axes: readonly number[],
): string {
  const math = graphMath(build)
  const alongDeviation = math.mul(standardised, math.mean(math.mul(gradient, standardised), axes))
  return math.mul(math.sub(math.sub(gradient, math.mean(gradient, axes)), alongDeviation), root)
}
