import type { Tensor } from '@tensorflow/tfjs-core'
import type { Operator, Shape, TensorFlow } from '../../operator.js'
import { type AttributedCall, listAttribute } from '../support/attributes.js'
import { axisIn } from '../support/broadcast.js'
import { firstInput, normaliseAxis, shapeError } from '../support/shape-support.js'
import { strideAlong } from '../support/slicing.js'
import { firstValue, plainShape } from '../support/value-support.js'

/** The entries of one axis that a slice keeps. */
export interface SliceRange {
  readonly axis: number
  readonly start: number
  readonly step: number
  readonly count: number
}

/**
 * Part of a value along some axes; `ends` are exclusive, negative positions count from the end. Empty `axes`: the first
 * ones; empty `steps`: 1.
 */
export const slice: Operator = {
  name: 'Slice',
  parameters: {},
  arity: 1,
  attributes: { starts: null, ends: null, axes: [], steps: [] },
  shape: (call) => {
    const input = firstInput(call)
    const ranges = sliceRanges(call, input)
    if (ranges.some((range) => range.count < 1))
      throw shapeError(call, 'slices that keep at least one entry of each axis', 'Correct starts and ends.')
    return input.map((size, axis) => ranges.find((range) => range.axis === axis)?.count ?? size)
  },
  forward: (call) => {
    const value = firstValue(call)
    const ranges = sliceRanges(call, plainShape(value))
    const tensor = ranges.reduce(
      (part, range) => cut(call.tf, part, { ...range, axis: axisIn(value.layout, range.axis) }),
      value.tensor,
    )
    return { tensor, layout: value.layout }
  },
  toOnnx: (call) => {
    const starts = listAttribute(call, 'starts')
    const axes = listAttribute(call, 'axes')
    const steps = listAttribute(call, 'steps')
    const inputs = [
      call.integers('starts', starts),
      call.integers('ends', listAttribute(call, 'ends')),
      call.integers('axes', axes.length > 0 ? axes : starts.map((_, axis) => axis)),
      call.integers('steps', steps.length > 0 ? steps : starts.map(() => 1)),
    ]
    return [{ operator: 'Slice', inputs: [...call.inputs, ...inputs], outputs: [call.output] }]
  },
}

/** What a slice keeps of an input, axis by axis. Throws NetworkError for malformed attributes. */
export function sliceRanges(call: AttributedCall, input: Shape): readonly SliceRange[] {
  const starts = listAttribute(call, 'starts')
  const ends = listAttribute(call, 'ends')
  const axes = listAttribute(call, 'axes')
  const steps = listAttribute(call, 'steps')
  const where = { layer: call.layer, inputs: [input] }
  const malformed =
    ends.length !== starts.length ||
    [axes, steps].some((list) => list.length !== 0 && list.length !== starts.length) ||
    steps.includes(0)
  if (malformed)
    throw shapeError(where, 'starts, ends, axes and steps of equal length, and no step 0', 'Correct these attributes.')
  return starts.map((start, index) => {
    const axis = normaliseAxis(where, axes[index] ?? index, input.length)
    return rangeOf(axis, input[axis] ?? 1, start, ends[index] ?? 0, steps[index] ?? 1)
  })
}

/** Python's slicing rule. */
function rangeOf(axis: number, size: number, from: number, to: number, step: number): SliceRange {
  const [lowest, highest] = step > 0 ? [0, size] : [-1, size - 1]
  const clamp = (position: number): number =>
    Math.min(highest, Math.max(lowest, position < 0 ? position + size : position))
  const start = clamp(from)
  return { axis, start, step, count: Math.max(0, Math.ceil((clamp(to) - start) / step)) }
}

function cut(tf: TensorFlow, tensor: Tensor, { axis, start, step, count }: SliceRange): Tensor {
  if (step > 0) return strideAlong(tf, tensor, axis, start, step, count)
  const size = tensor.shape[axis] ?? 1
  return strideAlong(tf, tf.reverse(tensor, axis), axis, size - 1 - start, -step, count)
}
