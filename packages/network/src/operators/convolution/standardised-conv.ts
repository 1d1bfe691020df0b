import { must } from '@graft/errors'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { ForwardCall, Operator } from '../../operator.js'
import { numberAttribute } from '../support/attributes.js'
import { nodeChain, onnxInputs, requiredParameter } from '../support/onnx-support.js'
import { expectParameter, parameterShape } from '../support/shape-support.js'
import { parameterTensor } from '../support/value-support.js'
import { standardise } from '../normalisation/standardise.js'
import { conv } from './conv.js'

const slots = {
  weight: { role: 'weight' },
  bias: { role: 'bias', optional: true },
  gain: { role: 'scale', optional: true },
} as const

/**
 * A convolution whose kernels are brought to mean 0 and variance 1 before they are used, each for itself, and then multiplied by
 * `scale` and a learned `gain` (`[outputs, 1, 1, 1]`): weight standardisation (arXiv:1903.10520), as BiT and NFNets have it.
 */
export const standardisedConv: Operator = {
  name: 'StandardisedConv',
  arity: 1,
  parameters: slots,
  attributes: { ...conv.attributes, epsilon: 1e-5, scale: 1 },
  reach: (call) => must(conv.reach?.(call), 'the reach of a convolution'),
  macs: (call) => conv.macs?.(call) ?? 0,
  shape: (call) => {
    expectParameter(call, 'gain', [parameterShape(call, 'weight')[0] ?? 0, 1, 1, 1])
    return conv.shape(call)
  },
  forward: (call) => {
    const weight = standardisedWeight(call)
    return conv.forward({
      ...call,
      parameters: { ...call.parameters, weight },
      derived: (_, __, compute) => compute(weight),
    })
  },
  toOnnx: (call) => {
    const chain = nodeChain(call)
    const { epsilon, scale, kernel_shape: kernel, ...others } = call.attributes
    const weight = requiredParameter(call, 'weight')
    const [axes, number] = [[1, 2, 3], (name: string, value: unknown) => call.floats(name, [], [Number(value)])]
    const centred = chain.add('Sub', [weight, chain.add('ReduceMean', [weight], { axes, keepdims: 1 })])
    const variance = chain.add('ReduceMean', [chain.add('Mul', [centred, centred])], { axes, keepdims: 1 })
    const root = chain.add('Sqrt', [chain.add('Add', [variance, number('epsilon', epsilon)])])
    const standardised = chain.add('Mul', [chain.add('Div', [centred, root]), number('scale', scale)])
    const { gain, ...rest } = call.parameters
    const kernels = gain === undefined ? standardised : chain.add('Mul', [standardised, gain])
    const attributes = Array.isArray(kernel) && kernel.length > 0 ? { ...others, kernel_shape: kernel } : others
    const inputs = onnxInputs({ ...call, parameters: { ...rest, weight: kernels } }, conv.parameters)
    return chain.finish('Conv', inputs, attributes)
  },
}

function standardisedWeight(call: ForwardCall): Tensor {
  const { tf } = call
  const { gain } = call.parameters
  const weight = standardise(tf, parameterTensor(call, 'weight'), [1, 2, 3], numberAttribute(call, 'epsilon'))
  const scaled = tf.mul(weight, numberAttribute(call, 'scale'))
  return gain === undefined ? scaled : tf.mul(scaled, gain)
}
