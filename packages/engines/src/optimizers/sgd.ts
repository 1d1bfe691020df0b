import { z } from 'zod'
import { scalar, slotValue } from './graph-update.js'
import { defineOptimizer } from './optimizer.js'

/**
 * Stochastic gradient descent with momentum, optionally Nesterov's; weight decay joins the gradient, as in
 * `torch.optim.SGD`.
 */
export const sgd = defineOptimizer({
  name: 'sgd',
  title: 'SGD',
  form: {
    momentum: z
      .number()
      .min(0)
      .max(0.9999)
      .default(0.9)
      .meta({ title: 'Momentum', description: 'SGD only.', advanced: true }),
    nesterov: z
      .boolean()
      .default(false)
      .meta({ title: 'Nesterov', description: 'SGD only: look ahead.', advanced: true }),
  },
  code: {},
  slots: ['momentum'],
  check: ({ nesterov, momentum }) =>
    nesterov && momentum === 0
      ? {
          code: 'nesterov-without-momentum',
          severity: 'error',
          field: 'nesterov',
          message: 'Nesterov needs momentum, but momentum is 0.',
          fix: 'Raise momentum to 0.9, or switch nesterov off.',
        }
      : null,
  scalars: () => ({}),
  write: (settings, { graph, rank, parameter, gradient, slots, learningRate, weightDecay }) => {
    const times = (value: string, factor: number): string => graph.add('Mul', [value, scalar(graph, factor, rank)])
    const decayed = weightDecay === 0 ? gradient : graph.add('Add', [gradient, times(parameter, weightDecay)])
    const previous = slotValue(slots, 'momentum')
    const momentum =
      settings.momentum === 0 ? previous : graph.add('Add', [times(previous, settings.momentum), decayed])
    const direction =
      settings.momentum === 0
        ? decayed
        : settings.nesterov
          ? graph.add('Add', [decayed, times(momentum, settings.momentum)])
          : momentum
    return {
      parameter: graph.add('Sub', [parameter, graph.add('Mul', [direction, learningRate])]),
      slots: { momentum },
    }
  },
  update: (settings, { tf, parameter, gradient, slots, learningRate, weightDecay }) => {
    const decayed = weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, weightDecay))
    const previous = slots['momentum'] ?? tf.zerosLike(gradient)
    const momentum = settings.momentum === 0 ? previous : tf.add(tf.mul(previous, settings.momentum), decayed)
    const direction =
      settings.momentum === 0
        ? decayed
        : settings.nesterov
          ? tf.add(decayed, tf.mul(momentum, settings.momentum))
          : momentum
    return { parameter: tf.sub(parameter, tf.mul(direction, learningRate)), slots: { momentum } }
  },
})
