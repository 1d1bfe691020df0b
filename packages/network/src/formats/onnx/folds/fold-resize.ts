import { interpolationMatrix } from '../../../operators/support/interpolation.js'
import { elementCount } from '../onnx-tensor.js'
import { resizeOf } from '../values/resize-plan.js'
import { allocate, type Constant, constant } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'
import type { Fold, FoldBudget } from '../values/fold-support.js'

/** Resizing of constants: position embeddings that a network fits to its image size. */
export const resizeFolds: Readonly<Record<string, Fold>> = { Resize: resized, Upsample: resized }

/** Axis after axis, as interpolation is separable; a constant of the size that is asked for stays what it is. */
function resized(call: NodeCall, budget: FoldBudget): Constant {
  const input = call.required(0)
  const { sizes, scales, ...how } = resizeOf(call, input.shape)
  return sizes.reduce((value, size, axis) => {
    if (size === value.shape[axis]) return value
    const scale = scales?.[axis]
    return alongAxis(
      call,
      budget,
      value,
      axis,
      size,
      interpolationMatrix({ ...how, ...(scale !== undefined && { scale }) }, value.shape[axis] ?? 1, size),
    )
  }, input)
}

function alongAxis(
  call: NodeCall,
  budget: FoldBudget,
  value: Constant,
  axis: number,
  to: number,
  matrix: Float32Array,
): Constant {
  const from = value.shape[axis] ?? 1
  const shape = value.shape.map((size, index) => (index === axis ? to : size))
  const inner = elementCount(shape.slice(axis + 1))
  budget.spend(call, [...shape, from])
  const result = allocate(value.type, elementCount(shape))
  const values = value.read()
  result.forEach((_, index) => {
    const [outer, target] = [Math.floor(index / (inner * to)), Math.floor(index / inner) % to]
    let sum = 0
    for (let source = 0; source < from; source++)
      sum += (values[(outer * from + source) * inner + (index % inner)] ?? 0) * (matrix[source * to + target] ?? 0)
    result[index] = sum
  })
  return constant(value.type, shape, result)
}
