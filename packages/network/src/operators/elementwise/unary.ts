import type { Tensor } from '@tensorflow/tfjs-core'
import type { Operator, TensorFlow } from '../../operator.js'
import { firstInput } from '../support/shape-support.js'
import { firstValue, mapValue } from '../support/value-support.js'

/** Functions of single values without attributes; ONNX has each under the same name. */
export const unaryOperators: readonly Operator[] = [
  unary('Erf', (tf, x) => tf.erf(x), { finiteAtZero: true }),
  unary('Exp', (tf, x) => tf.exp(x), { finiteAtZero: true }),
  unary('Log', (tf, x) => tf.log(x)),
  unary('Sqrt', (tf, x) => tf.sqrt(x)),
  unary('Neg', (tf, x) => tf.neg(x), { finiteAtZero: true }),
  unary('Abs', (tf, x) => tf.abs(x), { finiteAtZero: true }),
  unary('Reciprocal', (tf, x) => tf.reciprocal(x)),
  unary('Identity', (_, x) => x, { finiteAtZero: true, keepsNumbers: true }),
]

function unary(
  name: string,
  compute: (tf: TensorFlow, x: Tensor) => Tensor,
  traits: Pick<Operator, 'finiteAtZero' | 'keepsNumbers'> = {},
): Operator {
  return {
    name,
    parameters: {},
    arity: 1,
    attributes: {},
    ...traits,
    shape: firstInput,
    reach: () => ({ mixes: [] }),
    forward: (call) => mapValue(firstValue(call), (tensor) => compute(call.tf, tensor)),
  }
}
