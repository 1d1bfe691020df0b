import { numberAttribute } from '@graft/network/operators'
import { elementwiseGradient } from '../support/gradient-support.js'
import type { GraphMath } from '../support/graph-math.js'
import type { TrainingRule } from '../support/training-rule.js'

export const softmaxRule = alongAxis('Softmax', (math, { y, dy, axis }) =>
  math.mul(y, math.sub(dy, math.sum(math.mul(dy, y), [axis]))),
)
export const logSoftmaxRule = alongAxis('LogSoftmax', (math, { y, dy, axis }) =>
  math.sub(dy, math.mul(math.unary('Exp', y), math.sum(dy, [axis]))),
)

type AxisRule = (math: GraphMath, names: { readonly y: string; readonly dy: string; readonly axis: number }) => string

function alongAxis(operator: string, rule: AxisRule): TrainingRule {
  return {
    operator,
    gradient: elementwiseGradient((math, { y, dy }, call) => {
      const axis = numberAttribute(call, 'axis')
      return rule(math, { y, dy, axis: axis < 0 ? axis + call.outputShape.length : axis })
    }),
  }
}
