import type { Shape } from '@graft/network'
import { numberAttribute } from '@graft/network/operators'
import { alongChannels, axesButChannels, firstName, firstShape, parameterName } from '../support/gradient-support.js'
import { graphMath } from '../support/graph-math.js'
import type { GradientCall, LayerGradients, TrainingRule } from '../support/training-rule.js'
import { standardiseGradient } from './standardise-gradient.js'

export const instanceNormalizationRule: TrainingRule = {
  operator: 'InstanceNormalization',
  gradient: (call) => normaliseGradient(call, firstShape(call)[1] ?? 1),
}

export const groupNormalizationRule: TrainingRule = {
  operator: 'GroupNormalization',
  gradient: (call) => normaliseGradient(call, numberAttribute(call, 'num_groups')),
}

/** Both are a standardisation of `groups` runs of numbers per sample, then scale and shift per channel. */
function normaliseGradient(call: GradientCall, groups: number): LayerGradients {
  const { build, gradient, needsParameter } = call
  const math = graphMath(build)
  const shape = firstShape(call)
  const grouped: Shape = [shape[0] ?? 1, groups, -1]
  const runs = math.reshape(firstName(call), grouped)
  const centred = math.sub(runs, math.mean(runs, [2]))
  const variance = math.mean(math.mul(centred, centred), [2])
  const root = math.unary('Reciprocal', math.unary('Sqrt', math.add(variance, numberAttribute(call, 'epsilon'))))
  const standardised = math.mul(centred, root)
  const parameters: Record<string, string> = {}
  if (needsParameter.has('shift')) parameters['shift'] = math.sum(gradient, axesButChannels(shape), false)
  if (needsParameter.has('scale'))
    parameters['scale'] = math.sum(math.mul(gradient, math.reshape(standardised, shape)), axesButChannels(shape), false)
  if (!call.needsInput[0]) return { parameters }
  const scaled = math.mul(gradient, alongChannels(build, parameterName(call, 'scale'), shape.length, shape[1] ?? 1))
  return {
    inputs: [math.reshape(standardiseGradient(build, math.reshape(scaled, grouped), standardised, root, [2]), shape)],
    parameters,
  }
}
