import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import type { ForwardCall, Operator, Shape, ShapeCall, TensorFlow } from '../../operator.js'
import { broadcastShapes, elementCount, firstInput, shapeError, shapeText } from '../support/shape-support.js'
import { broadcastTensor, firstPlain, parameterTensor, plainValue } from '../support/value-support.js'

/**
 * Matrix product over the last two axes, the axes before them broadcast; the second operand is a data input or the
 * parameter `weight`.
 */
export const matmul: Operator = {
  name: 'MatMul',
  parameters: { weight: { role: 'weight', optional: true } },
  arity: [1, 2],
  attributes: {},
  linear: { weight: 'matrix', outputsLast: () => true },
  shape: (call) => {
    const [left, right] = operandShapes(call)
    const batch = broadcastShapes(left.slice(0, -2), right.slice(0, -2))
    if (batch === null || left.at(-1) !== right.at(-2)) {
      throw shapeError(
        call,
        `[..., rows, inner] x [..., inner, columns]; ${shapeText(left)} x ${shapeText(right)} don't multiply`,
        'Connect layers whose inner sizes agree, or load the weight made for this input.',
      )
    }
    return [...batch, left.at(-2) ?? 1, right.at(-1) ?? 1]
  },
  forward: (call) => plainValue(multiply(call.tf, firstPlain(call), secondOperand(call))),
  reach: (call) => {
    const { length } = firstInput(call)
    return { mixes: call.inputs.length === 1 ? [length - 1] : Array.from({ length }, (_, axis) => axis) }
  },
  macs: (call) => elementCount(call.output) * (firstInput(call).at(-1) ?? 1),
}

function operandShapes(call: ShapeCall): readonly [Shape, Shape] {
  const left = firstInput(call)
  const right = call.inputs[1] ?? call.parameters['weight']
  const both = call.inputs.length === 2 && call.parameters['weight'] !== undefined
  if (right === undefined || both)
    throw shapeError(
      call,
      "either two data inputs or one data input and a parameter 'weight'",
      'Connect exactly two operands.',
    )
  if (left.length >= 2 && right.length >= 2) return [left, right]
  throw shapeError(
    call,
    `operands with at least two axes; they are ${shapeText(left)} and ${shapeText(right)}`,
    'Unsqueeze the vector operand.',
  )
}

function secondOperand(call: ForwardCall): Tensor {
  const [, second] = call.inputs
  return second === undefined ? parameterTensor(call, 'weight') : call.plain(second)
}

function multiply(tf: TensorFlow, left: Tensor, right: Tensor): Tensor {
  const [rows = 1, inner = 1] = left.shape.slice(-2)
  const columns = right.shape.at(-1) ?? 1
  if (right.rank === 2) {
    const product = tf.matMul(tf.reshape(left, [-1, inner]) as Tensor2D, right as Tensor2D)
    return tf.reshape(product, [...left.shape.slice(0, -1), columns])
  }
  // The gradient of tf.matMul doesn't sum over broadcast axes: repeat them first.
  const batch = broadcastShapes(left.shape.slice(0, -2), right.shape.slice(0, -2)) ?? []
  const stack = (tensor: Tensor, size: readonly number[]): Tensor =>
    tf.reshape(broadcastTensor(tf, tensor, [...batch, ...size]), [elementCount(batch), ...size])
  return tf.reshape(tf.matMul(stack(left, [rows, inner]), stack(right, [inner, columns])), [...batch, rows, columns])
}
