import type { Operator } from '../../operator.js'
import { numberAttribute } from '../support/attributes.js'
import { expectParameter, firstInput, normaliseAxis } from '../support/shape-support.js'
import { standardise } from './standardise.js'
import { firstPlain, parameterTensor, plainValue } from '../support/value-support.js'

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
  reach: (call) => {
    const { length } = firstInput(call)
    const first = normaliseAxis(call, numberAttribute(call, 'axis'), length)
    return { mixes: Array.from({ length: length - first }, (_, index) => first + index) }
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
}
