import type { Tensor } from '@tensorflow/tfjs-core'
import type { Optimizer, UpdateCall, UpdateResult } from './optimizer.js'

/** Adam (Kingma & Ba, arXiv:1412.6980); weight decay joins the gradient, as in `torch.optim.Adam`. */
export const adam: Optimizer<'adam'> = {
  name: 'adam',
  slots: ['first', 'second'],
  update: (spec, call) => {
    const { tf, parameter, gradient, weightDecay } = call
    return adamStep(
      spec,
      call,
      parameter,
      weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, weightDecay)),
    )
  },
}

export interface AdamSettings {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
}

/** The bias-corrected step that Adam and AdamW share; `epsilon` is added outside the root, after the correction. */
export function adamStep(
  settings: AdamSettings,
  { tf, slots, learningRate, update }: UpdateCall,
  parameter: Tensor,
  gradient: Tensor,
): UpdateResult {
  const { beta1, beta2, epsilon } = settings
  const first = tf.add(tf.mul(slots['first'] ?? tf.zerosLike(gradient), beta1), tf.mul(gradient, 1 - beta1))
  const second = tf.add(
    tf.mul(slots['second'] ?? tf.zerosLike(gradient), beta2),
    tf.mul(tf.square(gradient), 1 - beta2),
  )
  const denominator = tf.add(tf.div(tf.sqrt(second), Math.sqrt(1 - beta2 ** update)), epsilon)
  const stepSize = learningRate / (1 - beta1 ** update)
  return { parameter: tf.sub(parameter, tf.mul(tf.div(first, denominator), stepSize)), slots: { first, second } }
}
