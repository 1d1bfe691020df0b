import type { Operator, Shape, ShapeCall } from '../../operator.js'
import { listAttribute, numberAttribute } from '../support/attributes.js'
import { elementCount, firstInput, normaliseAxis, shapeError, shapeText } from '../support/shape-support.js'
import { firstPlain, plainValue } from '../support/value-support.js'

/** Joins all axes from `axis` on (and those before it) into a matrix. */
export const flatten = reshaping('Flatten', { axis: 1 }, (call) => {
  const input = firstInput(call)
  const axis = numberAttribute(call, 'axis')
  const split = axis === input.length ? axis : normaliseAxis(call, axis, input.length)
  return [elementCount(input.slice(0, split)), elementCount(input.slice(split))]
})

/** New axes over the same numbers: 0 copies an input axis, one -1 is inferred. */
export const reshape: Operator = {
  ...reshaping('Reshape', { shape: null }, reshapedShape),
  toOnnx: (call) => [
    {
      operator: 'Reshape',
      inputs: [...call.inputs, call.integers('shape', listAttribute(call, 'shape'))],
      outputs: [call.output],
    },
  ],
}

/** Removes axes of size 1. */
export const squeeze: Operator = {
  ...reshaping('Squeeze', { axes: null }, (call) => {
    const input = firstInput(call)
    const axes = listAttribute(call, 'axes').map((axis) => normaliseAxis(call, axis, input.length))
    if (axes.some((axis) => input[axis] !== 1))
      throw shapeError(
        call,
        `size 1 in the axes [${axes.join(', ')}]`,
        'Squeeze only axes of size 1; pool or flatten the others.',
      )
    return input.filter((_, axis) => !axes.includes(axis))
  }),
  toOnnx: (call) => [
    {
      operator: 'Squeeze',
      inputs: [...call.inputs, call.integers('axes', listAttribute(call, 'axes'))],
      outputs: [call.output],
    },
  ],
}

/** Inserts axes of size 1; `axes` count in the result. */
export const unsqueeze: Operator = {
  ...reshaping('Unsqueeze', { axes: null }, (call) => {
    const input = firstInput(call)
    const given = listAttribute(call, 'axes')
    const rank = input.length + given.length
    const axes = given.map((axis) => normaliseAxis(call, axis, rank))
    if (new Set(axes).size !== axes.length)
      throw shapeError(call, `different axes, not [${given.join(', ')}]`, 'Name every new axis once.')
    const remaining = [...input]
    return Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (remaining.shift() ?? 1)))
  }),
  toOnnx: (call) => [
    {
      operator: 'Unsqueeze',
      inputs: [...call.inputs, call.integers('axes', listAttribute(call, 'axes'))],
      outputs: [call.output],
    },
  ],
}

/**
 * An operator that only re-reads the same numbers under another shape; the forward pass uses the operator's own shape
 * rule.
 */
function reshaping(name: string, attributes: Operator['attributes'], shape: (call: ShapeCall) => Shape): Operator {
  return {
    name,
    parameters: {},
    arity: 1,
    attributes,
    keepsNumbers: true,
    shape,
    forward: (call) => {
      const input = firstPlain(call)
      const target = shape({ layer: call.layer, attributes: call.attributes, inputs: [input.shape], parameters: {} })
      return plainValue(call.tf.reshape(input, [...target]))
    },
  }
}

function reshapedShape(call: ShapeCall): Shape {
  const input = firstInput(call)
  const wanted = listAttribute(call, 'shape')
  const copied = wanted.map((size, axis) => (size === 0 ? (input[axis] ?? 0) : size))
  const known = elementCount(copied.filter((size) => size !== -1))
  const unknown = copied.filter((size) => size === -1).length
  const inferred = elementCount(input) / known
  const fits = unknown === 0 ? inferred === 1 : unknown === 1 && Number.isInteger(inferred)
  if (!fits || copied.some((size) => size < -1)) {
    throw shapeError(
      call,
      `as many elements as the shape ${shapeText(wanted)} asks for (0 copies an axis, one -1 is inferred)`,
      'Use 0 or -1 for the batch axis; a fixed number there comes from a file exported for one batch size: export it with a dynamic batch.',
    )
  }
  return copied.map((size) => (size === -1 ? inferred : size))
}
