import { flagAttribute, numberAttribute } from '@graft/network/operators'
import { firstName, parameterName, parameterShape, sumToShape } from '../support/gradient-support.js'
import { graphMath } from '../support/graph-math.js'
import type { GradientCall, LayerGradients, TrainingRule } from '../support/training-rule.js'

export const gemmRule: TrainingRule = { operator: 'Gemm', gradient: gemmGradient }

function gemmGradient(call: GradientCall): LayerGradients {
  const math = graphMath(call.build)
  const transB = flagAttribute(call, 'transB')
  const alpha = numberAttribute(call, 'alpha')
  const beta = numberAttribute(call, 'beta')
  const { gradient } = call
  const parameters: Record<string, string> = {}
  if (call.needsParameter.has('weight')) {
    const [left, right] = transB ? [gradient, firstName(call)] : [firstName(call), gradient]
    parameters['weight'] = math.multiply(left, right, { transA: true, alpha })
  }
  if (call.needsParameter.has('bias')) {
    const bias = sumToShape(call.build, gradient, call.outputShape, parameterShape(call, 'bias'))
    parameters['bias'] = beta === 1 ? bias : math.mul(bias, beta)
  }
  return {
    inputs: [
      call.needsInput[0]
        ? math.multiply(gradient, parameterName(call, 'weight'), { transB: !transB, alpha })
        : undefined,
    ],
    parameters,
  }
}
