import type { Loss } from '../../engine.js'

/** Keeps the quotient `(1 - p) ^ gamma / (1 - p)` finite where an image is answered with certainty. */
const smallest = 1e-7

/**
 * Focal loss over softmax: `-sum(T * (1 - p) ^ gamma * log p)` for the target weights `T[n, classes]` of `softTargets`.
 * With a gamma of 0 it is cross-entropy.
 */
export function focalSoftmax(gamma: number): Loss {
  return {
    targetWidth: (outputs) => outputs,
    write(graph, outputs, targets) {
      const number = (value: number): string => graph.floats([], [value])
      const logP = graph.add('LogSoftmax', [outputs], { axis: -1 })
      const p = graph.add('Exp', [logP])
      const missing = graph.add('Max', [graph.add('Sub', [number(1), p]), number(smallest)])
      const focus = graph.add('Pow', [missing, number(gamma)])
      const focused = graph.add('Mul', [targets, focus])
      const loss = graph.add('Neg', [
        graph.add('ReduceSum', [graph.add('Mul', [focused, logP]), graph.integers([0, 1])], { keepdims: 0 }),
      ])
      // T * p * d/dp of (1 - p) ^ gamma * log p
      const bend = graph.add('Mul', [graph.add('Div', [graph.add('Mul', [p, logP]), missing]), number(gamma)])
      const slope = graph.add('Mul', [focused, graph.add('Sub', [number(1), bend])])
      const mass = graph.add('ReduceSum', [slope, graph.integers([1])], { keepdims: 1 })
      return { loss, gradient: graph.add('Sub', [graph.add('Mul', [p, mass]), slope]) }
    },
    compute(tf, outputs, targets) {
      const logP = tf.logSoftmax(outputs)
      const missing = tf.maximum(tf.sub(1, tf.exp(logP)), smallest)
      return tf.neg(tf.sum(tf.mul(tf.mul(targets, tf.pow(missing, gamma)), logP))).asScalar()
    },
    evaluate(outputs, targets, width, gradient) {
      let loss = 0
      for (let start = 0; start < outputs.length; start += width)
        loss += evaluateRow(
          outputs.subarray(start, start + width),
          targets.subarray(start, start + width),
          gradient.subarray(start, start + width),
          gamma,
        )
      return loss
    },
  }
}

function evaluateRow(outputs: Float64Array, targets: Float32Array, gradient: Float64Array, gamma: number): number {
  const largest = Math.max(...outputs)
  const logSum = largest + Math.log(outputs.reduce((sum, output) => sum + Math.exp(output - largest), 0))
  let loss = 0
  let mass = 0
  const slopes = outputs.map((output, k) => {
    const logP = output - logSum
    const p = Math.exp(logP)
    const missing = Math.max(-Math.expm1(logP), smallest)
    const focused = (targets[k] ?? 0) * missing ** gamma
    loss -= focused * logP
    const slope = focused * (1 - (gamma * p * logP) / missing)
    mass += slope
    return slope
  })
  slopes.forEach((slope, k) => {
    gradient[k] = Math.exp((outputs[k] ?? 0) - logSum) * mass - slope
  })
  return loss
}
