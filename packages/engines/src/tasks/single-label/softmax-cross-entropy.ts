import type { Loss } from '../../engine.js'

/** `-sum(T * logSoftmax(outputs))` for the target weights `T[n, classes]` of `softTargets`. */
export const softmaxCrossEntropy: Loss = {
  targetWidth: (outputs) => outputs,
  write(graph, outputs, targets) {
    const logProbabilities = graph.add('LogSoftmax', [outputs], { axis: -1 })
    const loss = graph.add('Neg', [
      graph.add('ReduceSum', [graph.add('Mul', [targets, logProbabilities]), graph.integers([0, 1])], { keepdims: 0 }),
    ])
    const mass = graph.add('ReduceSum', [targets, graph.integers([1])], { keepdims: 1 })
    // softmax(outputs) * rowSum(T) - T
    const gradient = graph.add('Sub', [graph.add('Mul', [graph.add('Exp', [logProbabilities]), mass]), targets])
    return { loss, gradient }
  },
  compute: (tf, outputs, targets) => tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(outputs)))).asScalar(),
}
