import type { Operator } from '../../operator.js'
import { numberAttribute } from '../support/attributes.js'
import { firstInput } from '../support/shape-support.js'
import { firstValue, mapValue } from '../support/value-support.js'

/** Stands for no limit. */
export const largestFloat = 3.4028234663852886e38

/** Limits values to [min, max]; `min: 0, max: 6` is ReLU6. */
export const clip: Operator = {
  name: 'Clip',
  parameters: {},
  arity: 1,
  attributes: { min: -largestFloat, max: largestFloat },
  finiteAtZero: true,
  reach: () => ({ mixes: [] }),
  shape: firstInput,
  forward: (call) =>
    mapValue(firstValue(call), (tensor) =>
      call.tf.clipByValue(tensor, numberAttribute(call, 'min'), numberAttribute(call, 'max')),
    ),
  toOnnx: (call) => {
    const limits = ['min', 'max'].map((name) => call.floats(name, [], [numberAttribute(call, name)]))
    return [{ operator: 'Clip', inputs: [...call.inputs, ...limits], outputs: [call.output] }]
  },
}
