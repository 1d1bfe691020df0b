import type { Tensor } from '@tensorflow/tfjs-core'
import type { Operator, TensorFlow } from '../operator.js'
import { numberAttribute } from './attributes.js'
import { elementwiseGradient } from './gradient-support.js'
import type { GraphMath } from './gradient-support.js'
import { firstInput, normaliseAxis } from './shape-support.js'
import { firstPlain, plainValue } from './value-support.js'

export const softmax = alongAxis(
  'Softmax',
  (tf, logits) => tf.softmax(logits),
  (math, { y, dy, axis }) => math.mul(y, math.sub(dy, math.sum(math.mul(dy, y), [axis]))),
)
export const logSoftmax = alongAxis(
  'LogSoftmax',
  (tf, logits) => tf.logSoftmax(logits),
  (math, { y, dy, axis }) => math.sub(dy, math.mul(math.unary('Exp', y), math.sum(dy, [axis]))),
)

type AxisRule = (math: GraphMath, names: { readonly y: string; readonly dy: string; readonly axis: number }) => string

/** tf's versions work along the last axis only: bring the wanted axis there and back. */
function alongAxis(name: string, compute: (tf: TensorFlow, tensor: Tensor) => Tensor, rule: AxisRule): Operator {
  return {
    name,
    parameters: {},
    arity: 1,
    attributes: { axis: -1 },
    shape: (call) => {
      const input = firstInput(call)
      normaliseAxis(call, numberAttribute(call, 'axis'), input.length)
      return input
    },
    gradient: elementwiseGradient((math, { y, dy }, call) => {
      const axis = numberAttribute(call, 'axis')
      return rule(math, { y, dy, axis: axis < 0 ? axis + call.outputShape.length : axis })
    }),
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
