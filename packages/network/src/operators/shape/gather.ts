import type { Operator, Shape, ShapeCall } from '../../operator.js'
import { type AttributedCall, flagAttribute, listAttribute, numberAttribute } from '../support/attributes.js'
import { axisIn } from '../support/broadcast.js'
import { nodeChain } from '../support/onnx-support.js'
import { firstInput, normaliseAxis, shapeError } from '../support/shape-support.js'
import { selectAlong } from '../support/slicing.js'
import { firstPlain, firstValue, plainShape, plainValue } from '../support/value-support.js'

/**
 * Entries at fixed `indices` along one axis; with `scalar` the single index's axis is dropped (how a transformer's
 * class token is taken).
 */
export const gather: Operator = {
  name: 'Gather',
  parameters: {},
  arity: 1,
  attributes: { indices: null, axis: 0, scalar: 0 },
  shape: gatheredShape,
  forward: (call) => {
    const value = firstValue(call)
    if (flagAttribute(call, 'scalar')) {
      const input = firstPlain(call)
      const { axis, indices } = gatheredEntries(call, input.shape)
      const selected = selectAlong(call.tf, input, axis, indices)
      return plainValue(
        call.tf.reshape(
          selected,
          input.shape.filter((_, index) => index !== axis),
        ),
      )
    }
    const { axis, indices } = gatheredEntries(call, plainShape(value))
    return { tensor: selectAlong(call.tf, value.tensor, axisIn(value.layout, axis), indices), layout: value.layout }
  },
  toOnnx: (call) => {
    const chain = nodeChain(call)
    const inputs = [...call.inputs, call.integers('indices', listAttribute(call, 'indices'))]
    const axis = numberAttribute(call, 'axis')
    if (!flagAttribute(call, 'scalar')) return chain.finish('Gather', inputs, { axis })
    return chain.finish('Squeeze', [chain.add('Gather', inputs, { axis }), call.integers('axes', [axis])])
  },
}

function gatheredShape(call: ShapeCall): Shape {
  const input = firstInput(call)
  const { axis, indices } = gatheredEntries(call, input)
  const scalar = flagAttribute(call, 'scalar')
  if (scalar && indices.length !== 1)
    throw shapeError(call, 'exactly one index with scalar = 1', 'Give one index, or set scalar to 0.')
  return input.flatMap((size, index) => (index !== axis ? [size] : scalar ? [] : [indices.length]))
}

/** The axis and the indices along it, both counted from the front. Throws NetworkError for indices out of range. */
export function gatheredEntries(
  call: AttributedCall,
  input: Shape,
): { readonly axis: number; readonly indices: readonly number[] } {
  const where = { layer: call.layer, inputs: [input] }
  const axis = normaliseAxis(where, numberAttribute(call, 'axis'), input.length)
  const size = input[axis] ?? 1
  const indices = listAttribute(call, 'indices').map((index) => (index < 0 ? index + size : index))
  if (indices.length > 0 && indices.every((index) => index >= 0 && index < size)) return { axis, indices }
  throw shapeError(where, `indices between ${-size} and ${size - 1} along axis ${axis}`, 'Correct the indices.')
}
