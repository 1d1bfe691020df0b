import { scalar, slotValue } from './graph-optimizer.js'
import type { GraphOptimizer } from './graph-optimizer.js'

/** Stochastic gradient descent with momentum, optionally Nesterov's; weight decay joins the gradient. */
export const sgd: GraphOptimizer<'sgd'> = {
  name: 'sgd',
  slots: ['momentum'],
  scalars: () => ({}),
  write: (spec, { graph, rank, parameter, gradient, slots, learningRate, weightDecay }) => {
    const times = (value: string, factor: number): string => graph.add('Mul', [value, scalar(graph, factor, rank)])
    const decayed = weightDecay === 0 ? gradient : graph.add('Add', [gradient, times(parameter, weightDecay)])
    const previous = slotValue(slots, 'momentum')
    const momentum = spec.momentum === 0 ? previous : graph.add('Add', [times(previous, spec.momentum), decayed])
    const direction =
      spec.momentum === 0
        ? decayed
        : spec.nesterov
          ? graph.add('Add', [decayed, times(momentum, spec.momentum)])
          : momentum
    return {
      parameter: graph.add('Sub', [parameter, graph.add('Mul', [direction, learningRate])]),
      slots: { momentum },
    }
  },
}
