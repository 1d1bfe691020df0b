import type { Shape } from '@graft/network'
import { elementCount, reducedAxes } from '@graft/network/operators'
import { firstName, firstShape } from '../support/gradient-support.js'
import { type GraphMath, graphMath } from '../support/graph-math.js'
import type { GradientCall, TrainingRule } from '../support/training-rule.js'

export const reduceMeanRule = reduction('ReduceMean', ({ math, gradient, input, axes }) =>
  math.expand(math.div(gradient, elementCount(axes.map((axis) => input[axis] ?? 1))), input),
)
/** Equal maxima share the gradient. */
export const reduceMaxRule = reduction('ReduceMax', ({ math, gradient, axes, value, result }) => {
  const winners = math.where(math.greater(result, value), 0, 1)
  return math.mul(winners, math.div(gradient, math.sum(winners, axes)))
})
export const reduceSumRule = reduction('ReduceSum', ({ math, gradient, input }) => math.expand(gradient, input))

interface ReduceGradient {
  readonly math: GraphMath
  /** Names of the input; of result and gradient with the reduced axes at size 1. */
  readonly value: string
  readonly result: string
  readonly gradient: string
  readonly input: Shape
  readonly axes: readonly number[]
}

function reduction(operator: string, rule: (call: ReduceGradient) => string): TrainingRule {
  return { operator, gradient: (call) => ({ inputs: [rule(reduceGradient(call))] }) }
}

function reduceGradient(call: GradientCall): ReduceGradient {
  const math = graphMath(call.build)
  const input = firstShape(call)
  const axes = reducedAxes(call, input)
  const kept = input.map((size, axis) => (axes.includes(axis) ? 1 : size))
  return {
    math,
    input,
    axes,
    value: firstName(call),
    result: math.reshape(call.output, kept),
    gradient: math.reshape(call.gradient, kept),
  }
}
