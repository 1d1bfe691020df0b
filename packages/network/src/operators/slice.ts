import type { Tensor } from '@tensorflow/tfjs-core'
import type { GradientCall, Operator, Shape, ShapeCall, TensorFlow } from '../operator.js'
import { listAttribute } from './attributes.js'
import { axisIn } from './broadcast.js'
import { firstShape, graphMath, scatterAlong } from './gradient-support.js'
import { firstInput, normaliseAxis, shapeError } from './shape-support.js'
import { strideAlong } from './slicing.js'
import { firstValue, plainShape } from './value-support.js'

interface Range {
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
    const ranges = rangesOf(call, input)
    if (ranges.some((range) => range.count < 1))
      throw shapeError(call, 'slices that keep at least one entry of each axis', 'Correct starts and ends.')
    return input.map((size, axis) => ranges.find((range) => range.axis === axis)?.count ?? size)
  },
  forward: (call) => {
    const value = firstValue(call)
    const ranges = rangesOf(call, plainShape(value))
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
  gradient: (call) => ({ inputs: [sliceGradient(call)] }),
}

function rangesOf(call: Pick<ShapeCall, 'layer' | 'attributes'>, input: Shape): readonly Range[] {
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
function rangeOf(axis: number, size: number, from: number, to: number, step: number): Range {
  const [lowest, highest] = step > 0 ? [0, size] : [-1, size - 1]
  const clamp = (position: number): number =>
    Math.min(highest, Math.max(lowest, position < 0 ? position + size : position))
  const start = clamp(from)
  return { axis, start, step, count: Math.max(0, Math.ceil((clamp(to) - start) / step)) }
}

function cut(tf: TensorFlow, tensor: Tensor, { axis, start, step, count }: Range): Tensor {
  if (step > 0) return strideAlong(tf, tensor, axis, start, step, count)
  const size = tensor.shape[axis] ?? 1
  return strideAlong(tf, tf.reverse(tensor, axis), axis, size - 1 - start, -step, count)
}

/** Zeros around runs of neighbours; entries that were picked one by one go back through a 0/1 matrix. */
function sliceGradient(call: GradientCall): string {
  const { build } = call
  const input = firstShape(call)
  const ranges = rangesOf(call, input)
  const before = input.map(() => 0)
  const after = input.map(() => 0)
  const shape = [...call.outputShape]
  let gradient = call.gradient
  for (const { axis, start, step, count } of ranges) {
    const size = input[axis] ?? 1
    if (step === 1) {
      before[axis] = start
      after[axis] = size - start - count
      continue
    }
    gradient = scatterAlong(
      build,
      gradient,
      shape,
      axis,
      size,
      Array.from({ length: count }, (_, index) => start + index * step),
    )
    shape[axis] = size
  }
  return graphMath(build).pad(gradient, before, after)
}
