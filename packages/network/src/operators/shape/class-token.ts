import type { Operator } from '../../operator.js'
import { nodeChain, requiredParameter } from '../support/onnx-support.js'
import { expectParameter, firstInput, parameterShape, shapeError } from '../support/shape-support.js'
import { broadcastTensor, firstPlain, parameterTensor, plainValue } from '../support/value-support.js'

/**
 * Prepends learned tokens `[1, count, features]` (the class token, mostly) to the sequence `[batch, tokens, features]`
 * of a vision transformer.
 */
export const classToken: Operator = {
  name: 'ClassToken',
  parameters: { token: { role: 'embedding' } },
  arity: 1,
  attributes: {},
  shape: (call) => {
    const input = firstInput(call)
    const [batch = 1, tokens = 0, features = 0] = input
    if (input.length !== 3)
      throw shapeError(
        call,
        'a sequence [batch, tokens, features]',
        'Flatten height and width and move the channels last before the layer.',
      )
    expectParameter(call, 'token', [1, -1, features])
    return [batch, tokens + (parameterShape(call, 'token')[1] ?? 1), features]
  },
  forward: (call) => {
    const { tf } = call
    const input = firstPlain(call)
    const token = parameterTensor(call, 'token')
    const [batch = 1, , features = 1] = input.shape
    return plainValue(tf.concat([broadcastTensor(tf, token, [batch, token.shape[1] ?? 1, features]), input], 1))
  },
  toOnnx: (call) => {
    const chain = nodeChain(call)
    const batch = chain.add('Shape', call.inputs, { start: 0, end: 1 })
    const shape = chain.add(
      'Concat',
      [
        batch,
        call.integers('token_shape', [
          (call.outputShape[1] ?? 1) - (call.inputShapes[0]?.[1] ?? 0),
          call.outputShape[2] ?? 1,
        ]),
      ],
      { axis: 0 },
    )
    const token = chain.add('Expand', [requiredParameter(call, 'token'), shape])
    return chain.finish('Concat', [token, ...call.inputs], { axis: 1 })
  },
}
