import type { Operator, Shape, ShapeCall } from '../../operator.js'
import { numberAttribute } from '../support/attributes.js'
import { alignValues, axisIn } from '../support/broadcast.js'
import { firstInput, normaliseAxis, shapeError } from '../support/shape-support.js'

/** Joins values along one axis. */
export const concat: Operator = {
  name: 'Concat',
  parameters: {},
  arity: [1, Number.MAX_SAFE_INTEGER],
  attributes: { axis: null },
  shape: concatenatedShape,
  reach: (call) => ({ mixes: [normaliseAxis(call, numberAttribute(call, 'axis'), firstInput(call).length)] }),
  forward: (call) => {
    const { tensors, layout } = alignValues(call, call.inputs)
    const inputs = tensors.map((tensor) => tensor.shape)
    const axis = normaliseAxis({ layer: call.layer, inputs }, numberAttribute(call, 'axis'), inputs[0]?.length ?? 0)
    return {
      tensor:
        tensors.length === 1 && tensors[0] !== undefined
          ? tensors[0]
          : call.tf.concat([...tensors], axisIn(layout, axis)),
      layout,
    }
  },
}

function concatenatedShape(call: ShapeCall): Shape {
  const first = firstInput(call)
  const joined = normaliseAxis(call, numberAttribute(call, 'axis'), first.length)
  const agree = call.inputs.every(
    (shape) => shape.length === first.length && shape.every((size, axis) => axis === joined || size === first[axis]),
  )
  if (!agree)
    throw shapeError(
      call,
      `inputs that agree in every axis but ${joined}`,
      'Bring the branches to the same height and width before they are joined.',
    )
  const total = call.inputs.reduce((sum, shape) => sum + (shape[joined] ?? 0), 0)
  return first.map((size, axis) => (axis === joined ? total : size))
}
