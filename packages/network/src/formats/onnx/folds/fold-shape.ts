import type { Shape } from '../../../operator.js'
import { elementCount } from '../onnx-tensor.js'
import {
  axisOf,
  axisSlices,
  type Fold,
  type FoldBudget,
  isBatchMultiple,
  reshapeTarget,
  splitSizes,
} from '../values/fold-support.js'
import { allocate, batchMarker, type Constant, constant, constantOfTensor, reshaped } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'
import { broadcastShape, broadcastStrides, copyStrided, stridesOf } from '../values/strided.js'

/** Operators on constants that make, move or summarise elements: what exporters compute shapes with. */
export const shapeFolds: Readonly<Record<string, Fold>> = {
  Constant: constantNode,
  ConstantOfShape: (call, budget) => {
    const shape = withoutBatch([...call.required(0).read()])
    const fill = call.tensor('value')
    const filler = fill === null ? null : constantOfTensor(fill, null)
    const type = filler?.type ?? 'float32'
    return constant(type, shape, allocate(type, budget.spend(call, shape)).fill(filler?.read()[0] ?? 0))
  },
  Identity: (call) => ({ ...call.required(0), origin: call.node.outputs[0] ?? null }),
  Dropout: (call) => [
    call.required(0),
    ...call.node.outputs.slice(1).map(() => constant('bool', [], Float64Array.of(1))),
  ],
  Size: (call) => constant('int64', [], Float64Array.of(elementCount(call.required(0).shape))),
  Reshape: (call) =>
    sameNumbers(
      call.required(0),
      reshapeTarget(call, call.required(0).shape, withoutBatch([...call.required(1).read()])),
    ),
  Flatten: (call) => {
    const { shape } = call.required(0)
    const axis =
      call.integer('axis', 1) === shape.length ? shape.length : axisOf(call, call.integer('axis', 1), shape.length)
    return sameNumbers(call.required(0), [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis))])
  },
  Squeeze: (call) => sameNumbers(call.required(0), squeezedShape(call, call.required(0).shape)),
  Unsqueeze: (call) => sameNumbers(call.required(0), unsqueezedShape(call, call.required(0).shape)),
  Transpose: (call, budget) => transposed(call, budget, call.required(0)),
  Concat: concatenated,
  Slice: sliced,
  Split: split,
  Gather: gathered,
  Expand: expanded,
  Range: range,
  Tile: tiled,
}

/** A learned scale that the file reshapes first stays the parameter that it is. */
const sameNumbers = (value: Constant, shape: Shape): Constant => reshaped(value, shape, value.origin)

function constantNode(call: NodeCall): Constant {
  const origin = call.node.outputs[0] ?? null
  const tensor = call.tensor('value')
  if (tensor !== null) return constantOfTensor(tensor, origin)
  if (call.has('value_float')) return constant('float32', [], Float32Array.of(call.float('value_float', 0)), origin)
  if (call.has('value_int')) return constant('int64', [], Float64Array.of(call.integer('value_int', 0)), origin)
  const [floats, integers] = [call.list('value_floats'), call.list('value_ints')]
  if (floats !== null) return constant('float32', [floats.length], Float32Array.from(floats), origin)
  if (integers !== null) return constant('int64', [integers.length], Float64Array.from(integers), origin)
  throw call.refuse(
    'holds a text or sparse constant',
    'Remove text processing from the model, or export it with dense weights.',
  )
}

/** Axes of size 1 removed: those named, or all. */
export function squeezedShape(call: NodeCall, shape: Shape): number[] {
  const axes =
    call.listOrInput('axes', 1)?.map((axis) => axisOf(call, axis, shape.length)) ??
    shape.flatMap((size, axis) => (size === 1 ? [axis] : []))
  return shape.filter((_, axis) => !axes.includes(axis))
}

/** Axes of size 1 inserted; `axes` count in the result. */
export function unsqueezedShape(call: NodeCall, shape: Shape): number[] {
  const given = call.listOrInput('axes', 1) ?? []
  const rank = shape.length + given.length
  const axes = new Set(given.map((axis) => axisOf(call, axis, rank)))
  const rest = [...shape]
  return Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : (rest.shift() ?? 1)))
}

/** The order of axes of a Transpose node. */
export function permutation(call: NodeCall, rank: number): readonly number[] {
  const given = call.list('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis)
  if (
    given.length === rank &&
    new Set(given).size === rank &&
    given.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < rank)
  )
    return given
  throw call.refuse(
    `orders the axes of a value with ${rank} axes as [${given.slice(0, 16).join(', ')}]`,
    'Expected every axis once; the file is damaged, export the model again.',
  )
}

function transposed(call: NodeCall, budget: FoldBudget, input: Constant): Constant {
  const order = permutation(call, input.shape.length)
  const strides = stridesOf(input.shape)
  const shape = order.map((axis) => input.shape[axis] ?? 1)
  const result = allocate(input.type, budget.spend(call, shape))
  copyStrided(
    input.read(),
    result,
    shape,
    order.map((axis) => strides[axis] ?? 0),
  )
  return constant(input.type, shape, result, null)
}

function concatenated(call: NodeCall, budget: FoldBudget): Constant {
  const inputs = call.inputs.map((_, index) => call.required(index))
  const first = call.required(0)
  const axis = axisOf(call, call.integer('axis', 1), first.shape.length)
  const fits = inputs.every(
    (input) =>
      input.shape.length === first.shape.length &&
      input.shape.every((size, index) => index === axis || size === first.shape[index]),
  )
  if (!fits)
    throw call.refuse(
      'joins constants of different shapes',
      'The file is damaged or was written wrongly; export the model again.',
    )
  const shape = first.shape.map((size, index) =>
    index === axis ? inputs.reduce((sum, input) => sum + (input.shape[axis] ?? 0), 0) : size,
  )
  const result = allocate(first.type, budget.spend(call, shape))
  const outer = elementCount(shape.slice(0, axis))
  let position = 0
  for (let row = 0; row < outer; row++) {
    for (const input of inputs) {
      const run = elementCount(input.shape.slice(axis))
      result.set(input.read().subarray(row * run, (row + 1) * run), position)
      position += run
    }
  }
  return constant(first.type, shape, result)
}

function sliced(call: NodeCall, budget: FoldBudget): Constant {
  const input = call.required(0)
  const strides = stridesOf(input.shape)
  const shape = [...input.shape]
  let start = 0
  for (const { axis, start: from, step, count } of axisSlices(call, input.shape)) {
    start += from * (strides[axis] ?? 0)
    strides[axis] = (strides[axis] ?? 0) * step
    shape[axis] = count
  }
  const result = allocate(input.type, budget.spend(call, shape))
  copyStrided(input.read(), result, shape, strides, start)
  return constant(input.type, shape, result)
}

function split(call: NodeCall, budget: FoldBudget): readonly Constant[] {
  const input = call.required(0)
  const axis = axisOf(call, call.integer('axis', 0), input.shape.length)
  const strides = stridesOf(input.shape)
  let start = 0
  return splitSizes(call, input.shape[axis] ?? 0).map((size) => {
    const shape = input.shape.map((own, index) => (index === axis ? size : own))
    const result = allocate(input.type, budget.spend(call, shape))
    copyStrided(input.read(), result, shape, strides, start * (strides[axis] ?? 0))
    start += size
    return constant(input.type, shape, result)
  })
}

function gathered(call: NodeCall, budget: FoldBudget): Constant {
  const [input, indices] = [call.required(0), call.required(1)]
  const axis = axisOf(call, call.integer('axis', 0), input.shape.length)
  const size = input.shape[axis] ?? 0
  const shape = [...input.shape.slice(0, axis), ...indices.shape, ...input.shape.slice(axis + 1)]
  const result = allocate(input.type, budget.spend(call, shape))
  const inner = elementCount(input.shape.slice(axis + 1))
  const outer = elementCount(input.shape.slice(0, axis))
  let position = 0
  for (let row = 0; row < outer; row++) {
    for (const given of indices.read()) {
      const index = axisOf(call, given, size)
      const start = (row * size + index) * inner
      result.set(input.read().subarray(start, start + inner), position)
      position += inner
    }
  }
  return constant(input.type, shape, result)
}

/** Axes that only repeat a value for every image are left at size 1: whatever uses the result broadcasts it. */
function expanded(call: NodeCall, budget: FoldBudget): Constant {
  const input = call.required(0)
  const shape = broadcastShape(input.shape, withoutBatch([...call.required(1).read()]))
  if (shape === null)
    throw call.refuse(
      `expands the shape [${input.shape.join(', ')}] to one it doesn't broadcast to`,
      'The file is damaged or was written wrongly; export the model again.',
    )
  if (shape.join() === input.shape.join()) return input
  const result = allocate(input.type, budget.spend(call, shape))
  copyStrided(input.read(), result, shape, broadcastStrides(input.shape, shape))
  return constant(input.type, shape, result)
}

/** A shape for one image: what is computed without an image is the same for all. */
export function withoutBatch(shape: readonly number[]): number[] {
  return shape.map((size) => (isBatchMultiple(size) ? 1 : size))
}

function range(call: NodeCall, budget: FoldBudget): Constant {
  const [start = 0, limit = 0, step = 1] = [0, 1, 2].map((index) => call.required(index).read()[0] ?? 0)
  const count = Math.max(0, Math.ceil((limit - start) / step))
  const { type } = call.required(0)
  if (count === batchMarker) return { ...constant(type, [1], allocate(type, 1).fill(start)), perImage: step }
  const result = allocate(type, budget.spend(call, [count]))
  return constant(
    type,
    [count],
    result.map((_, index) => start + index * step),
  )
}

function tiled(call: NodeCall, budget: FoldBudget): Constant {
  const input = call.required(0)
  const repeats = withoutBatch([...call.required(1).read()])
  const shape = input.shape.map((size, axis) => size * (repeats[axis] ?? 1))
  const result = allocate(input.type, budget.spend(call, shape))
  const doubled = input.shape.flatMap((size, axis) => [repeats[axis] ?? 1, size])
  const strides = stridesOf(input.shape).flatMap((stride) => [0, stride])
  copyStrided(input.read(), result, doubled, strides)
  return constant(input.type, shape, result)
}
