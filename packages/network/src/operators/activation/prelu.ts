import type { Tensor } from '@tensorflow/tfjs-core'
import type { Operator } from '../../operator.js'
import { alignValues } from '../support/broadcast.js'
import { broadcastShapes, firstInput, shapeError, shapeText } from '../support/shape-support.js'
import { firstValue, parameterTensor, plainValue } from '../support/value-support.js'
import { negativePart } from './activation.js'

/** Leaky rectifier with a learned slope, which broadcasts against the input (one per channel: `[c, 1, 1]`). */
export const prelu: Operator = {
  name: 'PRelu',
  parameters: { slope: { role: 'weight', initializer: { name: 'constant', value: 0.25 } } },
  arity: 1,
  attributes: {},
  reach: () => ({ mixes: [] }),
  shape: (call) => {
    const input = firstInput(call)
    const slope = call.parameters['slope'] ?? []
    const result = broadcastShapes(input, slope)
    if (result !== null && shapeText(result) === shapeText(input)) return input
    throw shapeError(
      call,
      `a slope that broadcasts to the input, it is ${shapeText(slope)}`,
      'Use the slope shape [channels, 1, 1].',
    )
  },
  forward: (call) => {
    const { tf } = call
    const { tensors, layout } = alignValues(call, [firstValue(call), plainValue(parameterTensor(call, 'slope'))])
    const [x, slope] = tensors as [Tensor, Tensor]
    return { tensor: tf.add(tf.relu(x), tf.mul(slope, negativePart(tf, x))), layout }
  },
}
