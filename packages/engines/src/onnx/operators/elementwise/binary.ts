import { must } from '@graft/errors'
import type { Shape } from '@graft/network'
import { flagAttribute, operandSlot } from '@graft/network/operators'
import { firstName, parameterName, parameterShape, sumToShape } from '../support/gradient-support.js'
import { type GraphMath, graphMath } from '../support/graph-math.js'
import type { GradientCall, LayerGradients, TrainingRule } from '../support/training-rule.js'

export const binaryRules: readonly TrainingRule[] = [
  binary('Add', { first: (_, { dy }) => dy, second: (_, { dy }) => dy }),
  binary('Sub', { first: (_, { dy }) => dy, second: (math, { dy }) => math.unary('Neg', dy) }),
  binary('Mul', { first: (math, { b, dy }) => math.mul(dy, b), second: (math, { a, dy }) => math.mul(dy, a) }),
  binary('Div', {
    first: (math, { b, dy }) => math.div(dy, b),
    second: (math, { b, y, dy }) => math.unary('Neg', math.div(math.mul(dy, y), b)),
  }),
  binary('Pow', {
    first: (math, { a, b, dy }) => math.mul(dy, math.mul(b, math.pow(a, math.sub(b, 1)))),
    // The logarithm of a base that is not positive is no one's derivative: 0, as in TensorFlow.
    second: (math, { a, y, dy }) =>
      math.mul(
        math.mul(dy, y),
        math.where(math.greater(a, 0), math.unary('Log', math.where(math.greater(a, 0), a, 1)), 0),
      ),
  }),
  binary('Min', {
    first: (math, { a, b, dy }) => math.where(math.greater(a, b), 0, dy),
    second: (math, { a, b, dy }) => math.where(math.greater(a, b), dy, 0),
  }),
  binary('Max', {
    first: (math, { a, b, dy }) => math.where(math.greater(b, a), 0, dy),
    second: (math, { a, b, dy }) => math.where(math.greater(b, a), dy, 0),
  }),
]

type BinaryRule = (
  math: GraphMath,
  names: { readonly a: string; readonly b: string; readonly y: string; readonly dy: string },
) => string

/** Gradients by the first and second operand, before the sum over axes that were broadcast. */
interface BinaryRules {
  readonly first: BinaryRule
  readonly second: BinaryRule
}

function binary(operator: string, rules: BinaryRules): TrainingRule {
  return { operator, gradient: (call) => binaryGradient(call, rules) }
}

function binaryGradient(call: GradientCall, rules: BinaryRules): LayerGradients {
  const { build, gradient: dy, output: y } = call
  const math = graphMath(build)
  const slot = operandSlot(call)
  const [first, second] = [firstName(call), call.inputs[1] ?? parameterName(call, slot)]
  const reversed = flagAttribute(call, 'reversed')
  const [a, b] = reversed ? [second, first] : [first, second]
  const by = (position: 0 | 1, shape: Shape): string => {
    const rule = (position === 0) === reversed ? rules.second : rules.first
    return sumToShape(build, rule(math, { a, b, y, dy }), call.outputShape, shape)
  }
  return {
    inputs: call.inputs.map((_, index) =>
      call.needsInput[index]
        ? by(index as 0 | 1, must(call.inputShapes[index], `the shape of input ${index}`))
        : undefined,
    ),
    parameters: call.needsParameter.has(slot) ? { [slot]: by(1, parameterShape(call, slot)) } : {},
  }
}
