import { must } from '@graft/errors'
import { normaliseAxis, numberAttribute } from '@graft/network/operators'
import { firstName, firstShape, parameterName, parameterShape, sumToShape } from '../support/gradient-support.js'
import { graphMath } from '../support/graph-math.js'
import type { GradientCall, LayerGradients, TrainingCall, TrainingRule } from '../support/training-rule.js'
import { standardiseGradient } from './standardise-gradient.js'

export const layerNormalizationRule: TrainingRule = {
  operator: 'LayerNormalization',
  forward: (call) => withMoments(call).value,
  gradient: layerGradient,
}

/** The value, and the mean and reciprocal deviation of every sample. */
function withMoments(call: TrainingCall): { readonly value: string; readonly mean: string; readonly root: string } {
  const parameters = [
    parameterName(call, 'scale'),
    ...('shift' in call.parameters ? [parameterName(call, 'shift')] : []),
  ]
  const [value, mean, root] = call.build.addMany('LayerNormalization', [firstName(call), ...parameters], 3, {
    axis: numberAttribute(call, 'axis'),
    epsilon: numberAttribute(call, 'epsilon'),
  })
  const named = (name: string | undefined): string => must(name, 'an output of LayerNormalization')
  return { value: named(value), mean: named(mean), root: named(root) }
}

function layerGradient(call: GradientCall): LayerGradients {
  const { build, gradient, needsParameter } = call
  const math = graphMath(build)
  const shape = firstShape(call)
  const first = normaliseAxis({ layer: call.layer, inputs: [shape] }, numberAttribute(call, 'axis'), shape.length)
  const axes = shape.map((_, axis) => axis).filter((axis) => axis >= first)
  const { mean, root } = withMoments(call)
  const normalised = math.mul(math.sub(firstName(call), mean), root)
  const parameters: Record<string, string> = {}
  const summed = (value: string, slot: string): string => sumToShape(build, value, shape, parameterShape(call, slot))
  if (needsParameter.has('scale')) parameters['scale'] = summed(math.mul(gradient, normalised), 'scale')
  if (needsParameter.has('shift')) parameters['shift'] = summed(gradient, 'shift')
  if (!call.needsInput[0]) return { parameters }
  return {
    inputs: [standardiseGradient(build, math.mul(gradient, parameterName(call, 'scale')), normalised, root, axes)],
    parameters,
  }
}
