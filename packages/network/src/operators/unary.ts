import type { Tensor } from '@tensorflow/tfjs-core'
import type { Operator, TensorFlow } from '../operator.js'
import { firstInput } from './shape-support.js'
import { firstValue, mapValue } from './value-support.js'

/** Elementwise functions without attributes; ONNX has each under the same name. */
export const unaryOperators: readonly Operator[] = [
  unary('Relu', (tf, x) => tf.relu(x)),
  unary('Sigmoid', (tf, x) => tf.sigmoid(x)),
  unary('Tanh', (tf, x) => tf.tanh(x)),
  unary('Softplus', (tf, x) => tf.softplus(x)),
  unary('Softsign', (tf, x) => tf.div(x, tf.add(tf.abs(x), 1))),
  unary('Erf', (tf, x) => tf.erf(x)),
  unary('Exp', (tf, x) => tf.exp(x)),
  unary('Log', (tf, x) => tf.log(x)),
  unary('Sqrt', (tf, x) => tf.sqrt(x)),
  unary('Neg', (tf, x) => tf.neg(x)),
  unary('Abs', (tf, x) => tf.abs(x)),
  unary('Reciprocal', (tf, x) => tf.reciprocal(x)),
  unary('Identity', (_, x) => x),
]

function unary(name: string, compute: (tf: TensorFlow, x: Tensor) => Tensor): Operator {
  return {
    name,
    parameters: {},
    arity: 1,
    attributes: {},
    shape: firstInput,
    forward: (call) => mapValue(firstValue(call), (tensor) => compute(call.tf, tensor)),
  }
}
