import { elementwiseGradient } from '../support/gradient-support.js'
import type { TrainingRule } from '../support/training-rule.js'

export const unaryRules: readonly TrainingRule[] = [
  unary('Erf', (math, { x, dy }) =>
    math.mul(dy, math.mul(math.unary('Exp', math.unary('Neg', math.mul(x, x))), 2 / Math.sqrt(Math.PI))),
  ),
  unary('Exp', (math, { y, dy }) => math.mul(dy, y)),
  unary('Log', (math, { x, dy }) => math.div(dy, x)),
  unary('Sqrt', (math, { y, dy }) => math.div(dy, math.mul(y, 2))),
  unary('Neg', (math, { dy }) => math.unary('Neg', dy)),
  unary('Abs', (math, { x, dy }) => math.mul(dy, math.unary('Sign', x))),
  unary('Reciprocal', (math, { y, dy }) => math.unary('Neg', math.mul(dy, math.mul(y, y)))),
  unary('Identity', (_, { dy }) => dy),
]

function unary(operator: string, rule: Parameters<typeof elementwiseGradient>[0]): TrainingRule {
  return { operator, gradient: elementwiseGradient(rule) }
}
