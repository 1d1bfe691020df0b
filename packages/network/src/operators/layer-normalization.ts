import type { GradientCall, LayerGradients, Operator, TrainingCall } from '../operator.js'
import { numberAttribute } from './attributes.js'
import { firstName, firstShape, graphMath, parameterName, sumToShape } from './gradient-support.js'
import { expectParameter, firstInput, normaliseAxis } from './shape-support.js'
import { standardise, standardiseGradient } from './standardise.js'
import { firstPlain, parameterTensor, plainValue } from './value-support.js'

/** Normalises every sample over the axes from `axis` to the last, then scales and shifts. */
export const layerNormalization: Operator = {
  name: 'LayerNormalization',
  parameters: { scale: { role: 'scale' }, shift: { role: 'shift', optional: true } },
  arity: 1,
  attributes: { axis: -1, epsilon: 1e-5 },
  shape: (call) => {
    const input = firstInput(call)
    const normalised = input.slice(normaliseAxis(call, numberAttribute(call, 'axis'), input.length))
    for (const slot of ['scale', 'shift']) expectParameter(call, slot, normalised)
    return input
  },
  forward: (call) => {
    const { tf } = call
    const input = firstPlain(call)
    const first = normaliseAxis({ layer: call.layer, inputs: [input.shape] }, numberAttribute(call, 'axis'), input.rank)
    const axes = input.shape.map((_, axis) => axis).filter((axis) => axis >= first)
    const scaled = tf.mul(
      standardise(tf, input, axes, numberAttribute(call, 'epsilon')),
      parameterTensor(call, 'scale'),
    )
    const { shift } = call.parameters
    return plainValue(shift === undefined ? scaled : tf.add(scaled, shift))
  },
  trainingForward: (call) => withMoments(call)[0] ?? '',
  gradient: layerGradient,
}

/** The value, and the mean and reciprocal deviation of every sample. */
function withMoments(call: TrainingCall): readonly string[] {
  const parameters = [
    parameterName(call, 'scale'),
    ...('shift' in call.parameters ? [parameterName(call, 'shift')] : []),
  ]
  return call.build.addMany('LayerNormalization', [firstName(call), ...parameters], 3, {
    axis: numberAttribute(call, 'axis'),
    epsilon: numberAttribute(call, 'epsilon'),
  })
}

function layerGradient(call: GradientCall): LayerGradients {
  const { build, gradient, needsParameter } = call
  const math = graphMath(build)
  const shape = firstShape(call)
  const first = normaliseAxis({ layer: call.layer, inputs: [shape] }, numberAttribute(call, 'axis'), shape.length)
  const axes = shape.map((_, axis) => axis).filter((axis) => axis >= first)
  const [, mean = '', root = ''] = withMoments(call)
  const normalised = math.mul(math.sub(firstName(call), mean), root)
  const parameters: Record<string, string> = {}
  const summed = (value: string, slot: string): string =>
    sumToShape(build, value, shape, call.parameterShapes[slot] ?? [])
  if (needsParameter.has('scale')) parameters['scale'] = summed(math.mul(gradient, normalised), 'scale')
  if (needsParameter.has('shift')) parameters['shift'] = summed(gradient, 'shift')
  if (!call.needsInput[0]) return { parameters }
  return {
    inputs: [standardiseGradient(build, math.mul(gradient, parameterName(call, 'scale')), normalised, root, axes)],
    parameters,
  }
}
