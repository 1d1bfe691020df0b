import type { Loss } from '../../engine.js'

/**
 * `-sum(P * log sigmoid(x) + N * log sigmoid(-x))` for outputs `x[n, classes]` and targets `[P, N][n, 2 * classes]` (see
 * `multiLabelTargets`): binary cross-entropy of every class on its own.
 */
export const sigmoidCrossEntropy: Loss = {
  targetWidth: (outputs) => 2 * outputs,
  write(graph, outputs, targets, width) {
    const [present, absent] = [0, width].map((start) =>
      graph.add('Slice', [targets, graph.integers([start]), graph.integers([start + width]), graph.integers([1])]),
    ) as [string, string]
    const both = graph.add('Add', [present, absent])
    // log sigmoid(-x) = -max(x, 0) - log(1 + exp(-|x|)), and likewise for x: no exponential of a large number.
    const opposite = graph.add('Neg', [outputs])
    const distance = graph.add('Neg', [graph.add('Abs', [outputs])])
    const bend = graph.add('Softplus', [distance])
    const terms = [
      graph.add('Mul', [both, bend]),
      graph.add('Mul', [present, graph.add('Relu', [opposite])]),
      graph.add('Mul', [absent, graph.add('Relu', [outputs])]),
    ]
    const all = graph.add('Add', [graph.add('Add', [terms[0] ?? '', terms[1] ?? '']), terms[2] ?? ''])
    const loss = graph.add('ReduceSum', [all, graph.integers([0, 1])], { keepdims: 0 })
    const gradient = graph.add('Sub', [graph.add('Mul', [both, graph.add('Sigmoid', [outputs])]), present])
    return { loss, gradient }
  },
  compute(tf, outputs, targets) {
    const [present = targets, absent = targets] = tf.split(targets, 2, 1)
    const missed = tf.mul(present, tf.softplus(tf.neg(outputs)))
    const wrong = tf.mul(absent, tf.softplus(outputs))
    return tf.sum(tf.add(missed, wrong)).asScalar()
  },
  evaluate(outputs, targets, width, gradient) {
    let loss = 0
    for (let place = 0; place < outputs.length; place++) {
      const row = (place - (place % width)) * 2
      const present = targets[row + (place % width)]!
      const absent = targets[row + width + (place % width)]!
      const output = outputs[place]!
      const bend = Math.exp(-Math.abs(output))
      const sigmoid = (output >= 0 ? 1 : bend) / (1 + bend)
      loss += (present + absent) * Math.log1p(bend) + present * Math.max(0, -output) + absent * Math.max(0, output)
      gradient[place] = (present + absent) * sigmoid - present
    }
    return loss
  },
}
