import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import type { Operator, Shape, ShapeCall, TensorFlow } from '../../operator.js'
import { type AttributedCall, listAttribute, numberAttribute } from '../support/attributes.js'
import { nodeChain, requiredParameter } from '../support/onnx-support.js'
import { broadcastShapes, elementCount, firstInput, parameterShape, shapeError } from '../support/shape-support.js'
import { firstPlain, parameterTensor, plainValue } from '../support/value-support.js'

/**
 * Adds a bias that is looked up in a learned table with two axes, as attention adds one for every distance between two
 * positions (Swin, BEiT, LeViT). Along `axis` of the table the entries `indices` are taken, the other axis (the heads) comes
 * first; the result, under the shape `shape`, is added to the value.
 */
export const tableBias: Operator = {
  name: 'TableBias',
  parameters: { table: { role: 'embedding' } },
  arity: 1,
  attributes: { axis: 0, indices: null, shape: null },
  shape: biasedShape,
  forward: (call) => {
    const { tf } = call
    const { axis, indices, shape } = tableLookup(call)
    const table = parameterTensor(call, 'table') as Tensor2D
    return plainValue(tf.add(firstPlain(call), tf.reshape(lookedUp(tf, table, axis, indices), [...shape])))
  },
  toOnnx: (call) => {
    const chain = nodeChain(call)
    const table = requiredParameter(call, 'table')
    const { axis, indices, shape } = tableLookup(call)
    const entries = chain.add('Gather', [table, call.integers('indices', indices)], { axis })
    const headsFirst = axis === 0 ? chain.add('Transpose', [entries], { perm: [1, 0] }) : entries
    return chain.finish('Add', [...call.inputs, chain.add('Reshape', [headsFirst, call.integers('shape', shape)])])
  },
}

/** `[heads, indices]`, as a product with a 0/1 matrix: the gradient of tf.gather needs a kernel that the wasm backend lacks. */
function lookedUp(tf: TensorFlow, table: Tensor2D, axis: number, indices: readonly number[]): Tensor {
  const ones = tf.oneHot(tf.tensor1d([...indices], 'int32'), table.shape[axis] ?? 1) as Tensor2D
  return tf.matMul(table, tf.cast(ones, 'float32'), axis === 0, true)
}

/** What a layer looks up in its table. */
export const tableLookup = (
  call: AttributedCall,
): { readonly axis: 0 | 1; readonly indices: readonly number[]; readonly shape: readonly number[] } => ({
  axis: numberAttribute(call, 'axis') === 1 ? 1 : 0,
  indices: listAttribute(call, 'indices'),
  shape: listAttribute(call, 'shape'),
})

function biasedShape(call: ShapeCall): Shape {
  const input = firstInput(call)
  const table = parameterShape(call, 'table')
  const { axis, indices, shape } = tableLookup(call)
  const entries = table[axis] ?? 0
  const fits =
    table.length === 2 &&
    elementCount(shape) === indices.length * (table[1 - axis] ?? 0) &&
    indices.every((index) => index >= 0 && index < entries) &&
    broadcastShapes(input, shape)?.join() === input.join()
  if (fits) return input
  throw shapeError(
    call,
    `a table with two axes, indices below ${entries} and a bias of shape [${shape.join(', ')}] that broadcasts to its input`,
    'Correct the table, or the indices into it.',
  )
}
