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
  evaluate(outputs, targets, width, gradient) {
    let loss = 0
    for (let start = 0; start < outputs.length; start += width) {
      let largest = -Infinity
      for (let k = start; k < start + width; k++) if (outputs[k]! > largest) largest = outputs[k]!
      let sum = 0
      let mass = 0
      for (let k = start; k < start + width; k++) {
        sum += gradient[k] = Math.exp(outputs[k]! - largest)
        mass += targets[k]!
      }
      const logSum = largest + Math.log(sum)
      for (let k = start; k < start + width; k++) {
        if (targets[k] !== 0) loss += targets[k]! * (logSum - outputs[k]!)
        gradient[k] = (mass * gradient[k]!) / sum - targets[k]!
      }
    }
    return loss
  },
}
