import { numberAttribute } from '@graft/network/operators'
import { elementwiseGradient } from '../support/gradient-support.js'
import type { GraphMath } from '../support/graph-math.js'
import type { GradientCall, TrainingRule } from '../support/training-rule.js'

/** What a rule gets: short names for nodes; names of the input, the value and the value's gradient; attributes. */
interface ActivationGradient {
  readonly math: GraphMath
  readonly call: GradientCall
  readonly x: string
  readonly y: string
  readonly dy: string
  value(attribute: string): number
  hardSigmoidOf(alpha: number, beta: number): string
}

/** The rule of an activation function, given its derivative times the gradient of its value. */
export function activation(operator: string, rule: (context: ActivationGradient) => string): TrainingRule {
  return {
    operator,
    gradient: elementwiseGradient((math, names, call) =>
      rule({
        ...names,
        math,
        call,
        value: (attribute) => numberAttribute(call, attribute),
        hardSigmoidOf: (alpha, beta) => call.build.add('HardSigmoid', [names.x], { alpha, beta }),
      }),
    ),
  }
}
