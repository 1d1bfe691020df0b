import { adamScalars, writeAdamStep } from './adam.js'
import type { GraphOptimizer } from './graph-optimizer.js'
import { scalar } from './graph-optimizer.js'

/**
 * AdamW (Loshchilov & Hutter, arXiv:1711.05101), as in `torch.optim.AdamW`: the weights shrink by `learningRate *
 * weightDecay` first.
 */
export const adamw: GraphOptimizer<'adamw'> = {
  name: 'adamw',
  slots: ['first', 'second'],
  scalars: adamScalars,
  write: (spec, update) => {
    const { graph, rank, parameter, gradient, learningRate, weightDecay } = update
    if (weightDecay === 0) return writeAdamStep(spec, update, parameter, gradient)
    const shrink = graph.add('Sub', [
      scalar(graph, 1, rank),
      graph.add('Mul', [learningRate, scalar(graph, weightDecay, rank)]),
    ])
    return writeAdamStep(spec, update, graph.add('Mul', [parameter, shrink]), gradient)
  },
}
