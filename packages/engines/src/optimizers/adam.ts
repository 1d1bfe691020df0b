import { adamFields, adamScalars, adamSlots, adamStep, checkAdamRate, writeAdamStep } from './adam-step.js'
import { scalar } from './graph-update.js'
import { defineOptimizer } from './optimizer.js'

/** Adam (Kingma & Ba, arXiv:1412.6980); weight decay joins the gradient, as in `torch.optim.Adam`. */
export const adam = defineOptimizer({
  name: 'adam',
  title: 'Adam',
  form: {},
  code: adamFields,
  slots: adamSlots,
  check: ({ learningRate }) => checkAdamRate(learningRate, 'adam'),
  scalars: adamScalars,
  write: (settings, update) => {
    const { graph, rank, parameter, gradient, weightDecay } = update
    const decayed =
      weightDecay === 0
        ? gradient
        : graph.add('Add', [gradient, graph.add('Mul', [parameter, scalar(graph, weightDecay, rank)])])
    return writeAdamStep(settings, update, parameter, decayed)
  },
  update: (settings, call) => {
    const { tf, parameter, gradient, weightDecay } = call
    const decayed = weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, weightDecay))
    return adamStep(settings, call, parameter, decayed)
  },
})
