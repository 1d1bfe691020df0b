import type { Shape } from '@graft/network'
import { EngineError } from '../../engine.js'
import type { TrainingGraph } from './training-graph.js'

/**
 * Writes `-sum(T * logSoftmax(logits))` for the target weights `T` of `softTargets`, and its gradient `softmax(logits)
 * * rowSum(T) - T`. Throws EngineError when the logits are not `[batch, classes]`.
 */
export function writeLoss(
  graph: TrainingGraph,
  logits: string,
  shape: Shape,
  targets: string,
): { readonly loss: string; readonly gradient: string } {
  if (shape.length !== 2) {
    throw new EngineError(
      `The network's output has shape [${shape.join(', ')}], but cross-entropy needs [${shape[0] ?? 1}, classes]. Add a head that ends in one number per class.`,
    )
  }
  return graph.within('loss', () => {
    const logProbabilities = graph.add('LogSoftmax', [logits], { axis: -1 })
    const loss = graph.add('Neg', [
      graph.add('ReduceSum', [graph.add('Mul', [targets, logProbabilities]), graph.integers([0, 1])], { keepdims: 0 }),
    ])
    const mass = graph.add('ReduceSum', [targets, graph.integers([1])], { keepdims: 1 })
    const gradient = graph.add('Sub', [graph.add('Mul', [graph.add('Exp', [logProbabilities]), mass]), targets])
    return { loss, gradient }
  })
}
