import { adamStep } from './adam.js'
import type { Optimizer } from './optimizer.js'

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter, arXiv:1711.05101), as in `torch.optim.AdamW`: the weights
 * shrink by `learningRate * weightDecay` first.
 */
export const adamw: Optimizer<'adamw'> = {
  name: 'adamw',
  slots: ['first', 'second'],
  update: (spec, call) => {
    const { tf, parameter, gradient, learningRate, weightDecay } = call
    return adamStep(
      spec,
      call,
      weightDecay === 0 ? parameter : tf.mul(parameter, 1 - learningRate * weightDecay),
      gradient,
    )
  },
}
