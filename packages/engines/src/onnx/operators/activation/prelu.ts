import { firstName, firstShape, parameterName, parameterShape, sumToShape } from '../support/gradient-support.js'
import { graphMath } from '../support/graph-math.js'
import type { GradientCall, LayerGradients, TrainingRule } from '../support/training-rule.js'

export const preluRule: TrainingRule = { operator: 'PRelu', gradient: preluGradient }

function preluGradient(call: GradientCall): LayerGradients {
  const math = graphMath(call.build)
  const x = firstName(call)
  const positive = math.greater(x, 0)
  const slope = call.needsParameter.has('slope')
    ? {
        slope: sumToShape(
          call.build,
          math.where(positive, 0, math.mul(call.gradient, x)),
          firstShape(call),
          parameterShape(call, 'slope'),
        ),
      }
    : {}
  return {
    inputs: [
      call.needsInput[0]
        ? math.where(positive, call.gradient, math.mul(call.gradient, parameterName(call, 'slope')))
        : undefined,
    ],
    parameters: slope,
  }
}
