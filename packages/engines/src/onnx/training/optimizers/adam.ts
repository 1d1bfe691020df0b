import type { GraphOptimizer, GraphUpdate } from './graph-optimizer.js'
import { scalar, scalarValue, slotValue } from './graph-optimizer.js'

export interface AdamSettings {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
}

/** Adam (Kingma & Ba, arXiv:1412.6980); weight decay joins the gradient, as in `torch.optim.Adam`. */
export const adam: GraphOptimizer<'adam'> = {
  name: 'adam',
  slots: ['first', 'second'],
  scalars: adamScalars,
  write: (spec, update) => {
    const { graph, rank, parameter, gradient, weightDecay } = update
    const decayed =
      weightDecay === 0
        ? gradient
        : graph.add('Add', [gradient, graph.add('Mul', [parameter, scalar(graph, weightDecay, rank)])])
    return writeAdamStep(spec, update, parameter, decayed)
  },
}

/** The bias corrections of one update. */
export function adamScalars({ beta1, beta2 }: AdamSettings, update: number): Readonly<Record<string, number>> {
  return { firstCorrection: 1 / (1 - beta1 ** update), rootCorrection: Math.sqrt(1 - beta2 ** update) }
}

/** The bias-corrected step that Adam and AdamW share; `epsilon` is added outside the root, after the correction. */
export function writeAdamStep(
  { beta1, beta2, epsilon }: AdamSettings,
  { graph, rank, slots, learningRate, scalars }: GraphUpdate,
  parameter: string,
  gradient: string,
): ReturnType<GraphOptimizer['write']> {
  const times = (value: string, factor: number): string => graph.add('Mul', [value, scalar(graph, factor, rank)])
  const first = graph.add('Add', [times(slotValue(slots, 'first'), beta1), times(gradient, 1 - beta1)])
  const second = graph.add('Add', [
    times(slotValue(slots, 'second'), beta2),
    times(graph.add('Mul', [gradient, gradient]), 1 - beta2),
  ])
  const denominator = graph.add('Add', [
    graph.add('Div', [graph.add('Sqrt', [second]), scalarValue(scalars, 'rootCorrection')]),
    scalar(graph, epsilon, rank),
  ])
  const stepSize = graph.add('Mul', [learningRate, scalarValue(scalars, 'firstCorrection')])
  return {
    parameter: graph.add('Sub', [parameter, graph.add('Mul', [graph.add('Div', [first, denominator]), stepSize])]),
    slots: { first, second },
  }
}
