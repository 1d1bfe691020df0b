import type { Loss, LossGraph } from '../../engine.js'

/**
 * Focal loss over sigmoids: `-sum(P * (1 - s) ^ gamma * log s + N * s ^ gamma * log(1 - s))`, `s` being the sigmoid of an
 * output, for the targets `[P, N]` of `multiLabelTargets`. With a gamma of 0 it is binary cross-entropy.
 */
export function focalSigmoid(gamma: number): Loss {
  return {
    targetWidth: (outputs) => 2 * outputs,
    write(graph, outputs, targets, width) {
      const [present, absent] = [0, width].map((start) =>
        graph.add('Slice', [targets, graph.integers([start]), graph.integers([start + width]), graph.integers([1])]),
      ) as [string, string]
      const ways = [
        writeWay(graph, outputs, present, gamma),
        writeWay(graph, graph.add('Neg', [outputs]), absent, gamma),
      ] as const
      const terms = graph.add('Add', [ways[0].terms, ways[1].terms])
      return {
        loss: graph.add('Neg', [graph.add('ReduceSum', [terms, graph.integers([0, 1])], { keepdims: 0 })]),
        gradient: graph.add('Sub', [ways[1].slopes, ways[0].slopes]),
      }
    },
    compute(tf, outputs, targets) {
      const [present = targets, absent = targets] = tf.split(targets, 2, 1)
      const logSigmoid = (value: typeof outputs) => tf.neg(tf.softplus(tf.neg(value)))
      const way = (signed: typeof outputs, weight: typeof outputs) =>
        tf.mul(weight, tf.mul(tf.exp(tf.mul(logSigmoid(tf.neg(signed)), gamma)), logSigmoid(signed)))
      return tf.neg(tf.sum(tf.add(way(outputs, present), way(tf.neg(outputs), absent)))).asScalar()
    },
    evaluate(outputs, targets, width, gradient) {
      let loss = 0
      outputs.forEach((output, place) => {
        const column = place % width
        const row = (place - column) * 2
        const present = wayOf(output, targets[row + column] ?? 0, gamma)
        const absent = wayOf(-output, targets[row + width + column] ?? 0, gamma)
        loss -= present.term + absent.term
        gradient[place] = absent.slope - present.slope
      })
      return loss
    },
  }
}

/** The weighted terms of one truth, `signed` being the outputs as they speak for it, and their slopes by `signed`. */
function writeWay(
  graph: LossGraph,
  signed: string,
  weight: string,
  gamma: number,
): { readonly terms: string; readonly slopes: string } {
  const softplus = (value: string): string =>
    // max(x, 0) + log(1 + exp(-|x|)): no exponential of a large number.
    graph.add('Add', [
      graph.add('Relu', [value]),
      graph.add('Softplus', [graph.add('Neg', [graph.add('Abs', [value])])]),
    ])
  const number = (value: number): string => graph.floats([], [value])
  const log = graph.add('Neg', [softplus(graph.add('Neg', [signed]))])
  const focus = graph.add('Exp', [graph.add('Mul', [softplus(signed), number(-gamma)])])
  const focused = graph.add('Mul', [weight, focus])
  const probability = graph.add('Sigmoid', [signed])
  const bend = graph.add('Mul', [graph.add('Mul', [probability, log]), number(gamma)])
  const slope = graph.add('Sub', [graph.add('Sub', [number(1), probability]), bend])
  return { terms: graph.add('Mul', [focused, log]), slopes: graph.add('Mul', [focused, slope]) }
}

function wayOf(signed: number, weight: number, gamma: number): { readonly term: number; readonly slope: number } {
  const bend = Math.log1p(Math.exp(-Math.abs(signed)))
  const log = -(Math.max(-signed, 0) + bend)
  const focused = weight * Math.exp(-gamma * (Math.max(signed, 0) + bend))
  const probability = Math.exp(log)
  return { term: focused * log, slope: focused * (1 - probability - gamma * probability * log) }
}
