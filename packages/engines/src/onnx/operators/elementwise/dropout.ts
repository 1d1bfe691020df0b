import { numberAttribute } from '@graft/network/operators'
import { elementwiseGradient, firstName, firstShape } from '../support/gradient-support.js'
import { graphMath } from '../support/graph-math.js'
import type { TrainingCall, TrainingRule } from '../support/training-rule.js'

export const dropoutRule: TrainingRule = {
  operator: 'Dropout',
  forward: (call) =>
    numberAttribute(call, 'ratio') === 0
      ? firstName(call)
      : graphMath(call.build).mul(firstName(call), keptShare(call)),
  gradient: elementwiseGradient((math, { dy }, call) =>
    numberAttribute(call, 'ratio') === 0 ? dy : math.mul(dy, keptShare(call)),
  ),
}

/** 0 where a value is dropped, the factor that keeps the mean elsewhere. */
function keptShare(call: TrainingCall): string {
  const math = graphMath(call.build)
  const ratio = numberAttribute(call, 'ratio')
  const uniform = call.build.uniform(call.layer.name, firstShape(call))
  return math.where(math.greater(ratio, uniform), 0, 1 / (1 - ratio))
}
