import type { Operator, Shape, ShapeCall, Value } from '../../operator.js'
import { listAttribute } from '../support/attributes.js'
import { firstInput, shapeError } from '../support/shape-support.js'
import { channelsLastValue, firstPlain, firstValue, plainValue } from '../support/value-support.js'

/** Reorders axes: result axis i is input axis perm[i]. */
export const transpose: Operator = {
  name: 'Transpose',
  parameters: {},
  arity: 1,
  attributes: { perm: null },
  shape: transposedShape,
  reach: (call) => ({ order: listAttribute(call, 'perm') }),
  forward: (call) => {
    const permutation = listAttribute(call, 'perm')
    return (
      withoutCopy(firstValue(call), permutation) ?? plainValue(call.tf.transpose(firstPlain(call), [...permutation]))
    )
  },
}

function transposedShape(call: ShapeCall): Shape {
  const input = firstInput(call)
  const permutation = listAttribute(call, 'perm')
  const sorted = [...permutation].sort((a, b) => a - b)
  if (permutation.length === input.length && sorted.every((axis, index) => axis === index))
    return permutation.map((axis) => input[axis] ?? 1)
  throw shapeError(
    call,
    `a perm that names each of the ${input.length} axes once, it is [${permutation.join(', ')}]`,
    'Correct perm.',
  )
}

/** Going to channels-last and back is only another reading of the tensor as it lies. */
function withoutCopy(value: Value, permutation: readonly number[]): Value | null {
  const order = permutation.join()
  if (value.layout === 'nhwc' && order === '0,2,3,1') return plainValue(value.tensor)
  if (value.layout === 'plain' && order === '0,3,1,2') return channelsLastValue(value.tensor)
  return null
}
