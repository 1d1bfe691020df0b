import type { Tensor } from '@tensorflow/tfjs-core'
import type { Operator, TensorFlow } from '../operator.js'
import { elementwiseGradient } from './gradient-support.js'
import type { GraphMath } from './gradient-support.js'
import { firstInput } from './shape-support.js'
import { firstValue, mapValue } from './value-support.js'

/** Elementwise functions without attributes; ONNX has each under the same name. */
export const unaryOperators: readonly Operator[] = [
  unary(
    'Relu',
    (tf, x) => tf.relu(x),
    (math, { y, dy }) => math.mul(math.above(y, 0), dy),
  ),
  unary(
    'Sigmoid',
    (tf, x) => tf.sigmoid(x),
    (math, { y, dy }) => math.mul(dy, math.mul(y, math.sub(1, y))),
  ),
  unary(
    'Tanh',
    (tf, x) => tf.tanh(x),
    (math, { y, dy }) => math.mul(dy, math.sub(1, math.mul(y, y))),
  ),
  unary(
    'Softplus',
    (tf, x) => tf.softplus(x),
    (math, { x, dy }) => math.mul(dy, math.unary('Sigmoid', x)),
  ),
  unary(
    'Softsign',
    (tf, x) => tf.div(x, tf.add(tf.abs(x), 1)),
    (math, { x, dy }) => {
      const denominator = math.add(math.unary('Abs', x), 1)
      return math.div(dy, math.mul(denominator, denominator))
    },
  ),
  unary(
    'Erf',
    (tf, x) => tf.erf(x),
    (math, { x, dy }) =>
      math.mul(dy, math.mul(math.unary('Exp', math.unary('Neg', math.mul(x, x))), 2 / Math.sqrt(Math.PI))),
  ),
  unary(
    'Exp',
    (tf, x) => tf.exp(x),
    (math, { y, dy }) => math.mul(dy, y),
  ),
  unary(
    'Log',
    (tf, x) => tf.log(x),
    (math, { x, dy }) => math.div(dy, x),
  ),
  unary(
    'Sqrt',
    (tf, x) => tf.sqrt(x),
    (math, { y, dy }) => math.div(dy, math.mul(y, 2)),
  ),
  unary(
    'Neg',
    (tf, x) => tf.neg(x),
    (math, { dy }) => math.unary('Neg', dy),
  ),
  unary(
    'Abs',
    (tf, x) => tf.abs(x),
    (math, { x, dy }) => math.mul(dy, math.unary('Sign', x)),
  ),
  unary(
    'Reciprocal',
    (tf, x) => tf.reciprocal(x),
    (math, { y, dy }) => math.unary('Neg', math.mul(dy, math.mul(y, y))),
  ),
  unary(
    'Identity',
    (_, x) => x,
    (_, { dy }) => dy,
  ),
]

type GradientRule = (math: GraphMath, names: { readonly x: string; readonly y: string; readonly dy: string }) => string

function unary(name: string, compute: (tf: TensorFlow, x: Tensor) => Tensor, rule: GradientRule): Operator {
  return {
    name,
    parameters: {},
    arity: 1,
    attributes: {},
    shape: firstInput,
    forward: (call) => mapValue(firstValue(call), (tensor) => compute(call.tf, tensor)),
    gradient: elementwiseGradient(rule),
  }
}
