import type { Operator } from '../../operator.js'
import { numberAttribute } from '../support/attributes.js'
import { firstInput, shapeError } from '../support/shape-support.js'
import { firstValue, mapValue } from '../support/value-support.js'

/** Zeroes a random share of the values in training and scales the others up; passes everything through otherwise. */
export const dropout: Operator = {
  name: 'Dropout',
  parameters: {},
  arity: 1,
  attributes: { ratio: 0.5 },
  stochastic: true,
  reach: () => ({ mixes: [] }),
  shape: (call) => {
    const ratio = numberAttribute(call, 'ratio')
    if (ratio >= 0 && ratio < 1) return firstInput(call)
    throw shapeError(call, `a ratio of at least 0 and below 1, it is ${ratio}`, 'Correct the dropout ratio.')
  },
  forward: (call) => {
    const ratio = numberAttribute(call, 'ratio')
    if (!call.training || ratio === 0) return firstValue(call)
    return mapValue(firstValue(call), (tensor) => call.tf.dropout(tensor, ratio, undefined, call.seed))
  },
  toOnnx: ({ inputs, output }) => [{ operator: 'Identity', inputs, outputs: [output] }],
}
