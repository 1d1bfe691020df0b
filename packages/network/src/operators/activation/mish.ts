import type { Operator } from '../../operator.js'
import { nodeChain } from '../support/onnx-support.js'
import { activation } from './activation.js'

export const mish: Operator = {
  ...activation('Mish', {}, ({ tf }, x) => tf.mul(x, tf.tanh(tf.softplus(x)))),
  // ONNX has Mish from opset 18 only.
  toOnnx: (call) => {
    const chain = nodeChain(call)
    return chain.finish('Mul', [...call.inputs, chain.add('Tanh', [chain.add('Softplus', call.inputs)])])
  },
}
