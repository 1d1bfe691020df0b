import { numberAttribute } from '@graft/network/operators'
import { standardiseGradient } from '../normalisation/standardise-gradient.js'
import { parameterName } from '../support/gradient-support.js'
import { graphMath } from '../support/graph-math.js'
import type { TrainingCall, TrainingRule } from '../support/training-rule.js'
import { must } from '@graft/errors'
import { convRule } from './conv.js'

/** All that belongs to one output. */
const axes = [1, 2, 3]

export const standardisedConvRule: TrainingRule = {
  operator: 'StandardisedConv',
  forward: (call) => must(convRule.forward, 'the forward pass of a convolution')(withKernels(call).call),
  gradient: (call) => {
    const { call: plain, standardised, root, scaled } = withKernels(call)
    const math = graphMath(call.build)
    const ofKernels = call.needsParameter.has('weight') || call.needsParameter.has('gain')
    const needsParameter = new Set([
      ...(ofKernels ? ['weight'] : []),
      ...(call.needsParameter.has('bias') ? ['bias'] : []),
    ])
    const { inputs = [], parameters = {} } = convRule.gradient({ ...call, ...plain, needsParameter })
    const { weight: kernels, bias } = parameters
    const given: Record<string, string> = bias === undefined ? {} : { bias }
    if (kernels === undefined) return { inputs, parameters: given }
    const { gain } = call.parameters
    if (call.needsParameter.has('gain')) given['gain'] = math.sum(math.mul(kernels, scaled), axes)
    if (call.needsParameter.has('weight')) {
      const ofScaled = math.mul(gain === undefined ? kernels : math.mul(kernels, gain), numberAttribute(call, 'scale'))
      given['weight'] = standardiseGradient(call.build, ofScaled, standardised, root, axes)
    }
    return { inputs, parameters: given }
  },
}

/** The convolution with the kernels that it really uses, and the steps towards them. */
function withKernels<Call extends TrainingCall>(
  call: Call,
): { readonly call: Call; readonly standardised: string; readonly root: string; readonly scaled: string } {
  const math = graphMath(call.build)
  const weight = parameterName(call, 'weight')
  const centred = math.sub(weight, math.mean(weight, axes))
  const variance = math.mean(math.mul(centred, centred), axes)
  const root = math.unary('Reciprocal', math.unary('Sqrt', math.add(variance, numberAttribute(call, 'epsilon'))))
  const standardised = math.mul(centred, root)
  const scaled = math.mul(standardised, numberAttribute(call, 'scale'))
  const { gain } = call.parameters
  const kernels = gain === undefined ? scaled : math.mul(scaled, gain)
  return { call: { ...call, parameters: { ...call.parameters, weight: kernels } }, standardised, root, scaled }
}
