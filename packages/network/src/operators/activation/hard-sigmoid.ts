import type { Tensor } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '../../operator.js'
import { activation } from './activation.js'

export const hardSigmoid = activation('HardSigmoid', { alpha: 0.2, beta: 0.5 }, ({ tf, value }, x) =>
  ramp(tf, x, value('alpha'), value('beta')),
)

export const hardSwish = activation('HardSwish', {}, ({ tf }, x) => tf.mul(x, ramp(tf, x, 1 / 6, 0.5)))

const ramp = (tf: TensorFlow, x: Tensor, alpha: number, beta: number): Tensor =>
  tf.clipByValue(tf.add(tf.mul(x, alpha), beta), 0, 1)
