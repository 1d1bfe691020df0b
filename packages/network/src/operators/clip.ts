import type { Operator } from '../operator.js'
import { numberAttribute } from './attributes.js'
import { elementwiseGradient } from './gradient-support.js'
import { firstInput } from './shape-support.js'
import { firstValue, mapValue } from './value-support.js'

const largestFloat = 3.4028234663852886e38

/** Limits values to [min, max]; `min: 0, max: 6` is ReLU6. */
export const clip: Operator = {
  name: 'Clip',
  parameters: {},
  arity: 1,
  attributes: { min: -largestFloat, max: largestFloat },
  shape: firstInput,
  forward: (call) =>
    mapValue(firstValue(call), (tensor) =>
      call.tf.clipByValue(tensor, numberAttribute(call, 'min'), numberAttribute(call, 'max')),
    ),
  toOnnx: (call) => {
    const limits = ['min', 'max'].map((name) => call.floats(name, [], [numberAttribute(call, name)]))
    return [{ operator: 'Clip', inputs: [...call.inputs, ...limits], outputs: [call.output] }]
  },
  // Decided by the result, which the next layer keeps anyway; at the limits themselves the gradient is 0, as in
  // PyTorch's ReLU6.
  gradient: elementwiseGradient((math, { y, dy }, call) => {
    const [low, high] = [numberAttribute(call, 'min'), numberAttribute(call, 'max')]
    const passes = [
      ...(low > -largestFloat ? [math.above(y, low)] : []),
      ...(high < largestFloat ? [math.below(y, high)] : []),
    ]
    return passes.reduce((gradient, pass) => math.mul(gradient, pass), dy)
  }),
}
