import { adamFields, adamScalars, adamSlots, adamStep, checkAdamRate, writeAdamStep } from './adam-step.js'
import { scalar } from './graph-update.js'
import { defineOptimizer } from './optimizer.js'

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter, arXiv:1711.05101), as in `torch.optim.AdamW`: the weights
 * shrink by `learningRate * weightDecay` first.
 */
export const adamw = defineOptimizer({
  name: 'adamw',
  title: 'AdamW',
  form: {},
  code: adamFields,
  slots: adamSlots,
  check: ({ learningRate }) => checkAdamRate(learningRate, 'adamw'),
  scalars: adamScalars,
  write: (settings, update) => {
    const { graph, rank, parameter, gradient, learningRate, weightDecay } = update
    if (weightDecay === 0) return writeAdamStep(settings, update, parameter, gradient)
    const shrink = graph.add('Sub', [
      scalar(graph, 1, rank),
      graph.add('Mul', [learningRate, scalar(graph, weightDecay, rank)]),
    ])
    return writeAdamStep(settings, update, graph.add('Mul', [parameter, shrink]), gradient)
  },
  update: (settings, call) => {
    const { tf, parameter, gradient, learningRate, weightDecay } = call
    const shrunk = weightDecay === 0 ? parameter : tf.mul(parameter, 1 - learningRate * weightDecay)
    return adamStep(settings, call, shrunk, gradient)
  },
})
