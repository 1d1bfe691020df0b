import type { Optimizer } from './optimizer.js'

/**
 * Stochastic gradient descent with momentum, optionally Nesterov's; weight decay joins the gradient, as in
 * `torch.optim.SGD`.
 */
export const sgd: Optimizer<'sgd'> = {
  name: 'sgd',
  slots: ['momentum'],
  update: (spec, { tf, parameter, gradient, slots, learningRate, weightDecay }) => {
    const decayed = weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, weightDecay))
    const previous = slots['momentum'] ?? tf.zerosLike(gradient)
    const momentum = spec.momentum === 0 ? previous : tf.add(tf.mul(previous, spec.momentum), decayed)
    const direction =
      spec.momentum === 0 ? decayed : spec.nesterov ? tf.add(decayed, tf.mul(momentum, spec.momentum)) : momentum
    return { parameter: tf.sub(parameter, tf.mul(direction, learningRate)), slots: { momentum } }
  },
}
