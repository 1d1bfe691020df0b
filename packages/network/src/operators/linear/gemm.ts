import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import type { Operator, Shape, ShapeCall } from '../../operator.js'
import { flagAttribute, numberAttribute } from '../support/attributes.js'
import {
  elementCount,
  expectParameter,
  firstInput,
  parameterShape,
  shapeError,
  shapeText,
} from '../support/shape-support.js'
import { firstPlain, parameterTensor, plainValue } from '../support/value-support.js'

/**
 * Fully connected layer: `alpha * x * weight + beta * bias`; the weight is `[inputs, outputs]`, or `[outputs, inputs]`
 * with transB.
 */
export const gemm: Operator = {
  name: 'Gemm',
  parameters: { weight: { role: 'weight' }, bias: { role: 'bias', optional: true } },
  arity: 1,
  attributes: { alpha: 1, beta: 1, transB: 0 },
  linear: { weight: 'matrix', outputsLast: ({ transB }) => !transB },
  shape: gemmShape,
  forward: (call) => {
    const { tf } = call
    const scaled = (tensor: Tensor, name: string): Tensor =>
      numberAttribute(call, name) === 1 ? tensor : tf.mul(tensor, numberAttribute(call, name))
    const product = tf.matMul(
      firstPlain(call) as Tensor2D,
      parameterTensor(call, 'weight') as Tensor2D,
      false,
      flagAttribute(call, 'transB'),
    )
    const { bias } = call.parameters
    const result = scaled(product, 'alpha')
    return plainValue(bias === undefined ? result : tf.add(result, scaled(bias, 'beta')))
  },
  macs: (call) => elementCount(parameterShape(call, 'weight')),
}

function gemmShape(call: ShapeCall): Shape {
  const input = firstInput(call)
  const weight = parameterShape(call, 'weight')
  if (input.length !== 2)
    throw shapeError(call, 'a matrix [batch, features]', 'Add a global pooling and a Flatten before the layer.')
  if (weight.length !== 2)
    throw shapeError(call, `a weight with two axes, it is ${shapeText(weight)}`, 'Load weights made for this layer.')
  const [inputs = 0, outputs = 0] = flagAttribute(call, 'transB') ? [...weight].reverse() : weight
  if (inputs !== input[1])
    throw shapeError(
      call,
      `${inputs} features (weight ${shapeText(weight)})`,
      'Give the head the number of features of the layer before it, or load weights made for this input.',
    )
  const bias = call.parameters['bias']
  if (bias !== undefined && bias.length !== 2) expectParameter(call, 'bias', [outputs])
  return [input[0] ?? 1, outputs]
}
