import type { Operator } from '../../operator.js'
import { numberAttribute } from '../support/attributes.js'
import { firstName, nodeChain } from '../support/onnx-support.js'
import { activation } from './activation.js'

export const swish: Operator = {
  ...activation('Swish', { alpha: 1 }, ({ tf, value }, x) => tf.mul(x, tf.sigmoid(tf.mul(x, value('alpha'))))),
  // ONNX has Swish from opset 24 only.
  toOnnx: (call) => {
    const chain = nodeChain(call)
    const input = firstName(call)
    const alpha = numberAttribute(call, 'alpha')
    return chain.finish('Mul', [
      input,
      chain.add('Sigmoid', [alpha === 1 ? input : chain.add('Mul', [input, call.floats('alpha', [], [alpha])])]),
    ])
  },
}
