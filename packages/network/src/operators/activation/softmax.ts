import type { Tensor } from '@tensorflow/tfjs-core'
import type { Operator, TensorFlow } from '../../operator.js'
import { numberAttribute } from '../support/attributes.js'
import { firstInput, normaliseAxis } from '../support/shape-support.js'
import { firstPlain, plainValue } from '../support/value-support.js'

export const softmax = alongAxis('Softmax', (tf, logits) => tf.softmax(logits))
export const logSoftmax = alongAxis('LogSoftmax', (tf, logits) => tf.logSoftmax(logits))

/** tf's versions work along the last axis only: bring the wanted axis there and back. */
function alongAxis(name: string, compute: (tf: TensorFlow, tensor: Tensor) => Tensor): Operator {
  return {
    name,
    parameters: {},
    arity: 1,
    attributes: { axis: -1 },
    givesProbabilities: true,
    shape: (call) => {
      const input = firstInput(call)
      normaliseAxis(call, numberAttribute(call, 'axis'), input.length)
      return input
    },
    forward: (call) => {
      const { tf } = call
      const input = firstPlain(call)
      const last = input.rank - 1
      const axis = normaliseAxis(
        { layer: call.layer, inputs: [input.shape] },
        numberAttribute(call, 'axis'),
        input.rank,
      )
      if (axis === last) return plainValue(compute(tf, input))
      const swap = input.shape.map((_, index) => (index === axis ? last : index === last ? axis : index))
      return plainValue(tf.transpose(compute(tf, tf.transpose(input, swap)), swap))
    },
  }
}
