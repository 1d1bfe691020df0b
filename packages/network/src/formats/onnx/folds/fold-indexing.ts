import { elementCount } from '../onnx-tensor.js'
import { allocate, type Constant, constant, type NumberArray } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'
import { axisOf, type Fold, type FoldBudget } from '../values/fold-support.js'
import { stridesOf, walk } from '../values/strided.js'

/** Operators on constants that read or write single places: how exporters cut masks and look up tables. */
export const indexingFolds: Readonly<Record<string, Fold>> = {
  GatherND: gatherND,
  GatherElements: gatherElements,
  ScatterND: scatterND,
  ScatterElements: scatterElements,
  NonZero: nonZero,
  Trilu: triangle,
  EyeLike: (call, budget) => {
    const [rows = 1, columns = 1] = call.required(0).shape
    const shift = call.integer('k', 0)
    const result = allocate('float32', budget.spend(call, [rows, columns]))
    return constant(
      'float32',
      [rows, columns],
      result.map((_, index) => Number((index % columns) - Math.floor(index / columns) === shift)),
    )
  },
  OneHot: oneHot,
}

/** Offsets in `data` that rows of indices name, and how many elements lie behind each. */
function places(
  call: NodeCall,
  data: Constant,
  indices: Constant,
  batch: number,
): { readonly starts: readonly number[]; readonly run: number } {
  const depth = indices.shape.at(-1) ?? 0
  const strides = stridesOf(data.shape)
  const rows = elementCount(indices.shape.slice(0, -1))
  const values = indices.read()
  if (depth + batch > data.shape.length || data.shape.slice(0, batch).join() !== indices.shape.slice(0, batch).join())
    throw call.refuse(
      `names places of ${depth + batch} axes in a value with ${data.shape.length}`,
      'The file is damaged or was written wrongly; export the model again.',
    )
  const perBatch = rows / Math.max(1, elementCount(indices.shape.slice(0, batch)))
  const starts = Array.from({ length: rows }, (_, row) => {
    let offset = Math.floor(row / perBatch) * elementCount(data.shape.slice(batch))
    for (let axis = 0; axis < depth; axis++)
      offset +=
        axisOf(call, values[row * depth + axis] ?? 0, data.shape[batch + axis] ?? 1) * (strides[batch + axis] ?? 1)
    return offset
  })
  return { starts, run: elementCount(data.shape.slice(batch + depth)) }
}

function gatherND(call: NodeCall, budget: FoldBudget): Constant {
  const [data, indices] = [call.required(0), call.required(1)]
  const batch = call.integer('batch_dims', 0)
  budget.spend(call, indices.shape)
  const { starts, run } = places(call, data, indices, batch)
  const shape = [...indices.shape.slice(0, -1), ...data.shape.slice(batch + (indices.shape.at(-1) ?? 0))]
  const result = allocate(data.type, budget.spend(call, shape))
  starts.forEach((start, row) => result.set(data.read().subarray(start, start + run), row * run))
  return constant(data.type, shape, result)
}

/** How a written number joins the one that is there. */
function joining(call: NodeCall): (there: number, written: number) => number {
  const kind = call.text('reduction', 'none')
  const ways: Readonly<Record<string, (there: number, written: number) => number>> = {
    none: (_, written) => written,
    add: (there, written) => there + written,
    mul: (there, written) => there * written,
    max: Math.max,
    min: Math.min,
  }
  const way = ways[kind]
  if (way !== undefined) return way
  throw call.refuse(
    `writes with the reduction "${kind}"`,
    'Expected none, add, mul, max or min; export the model again.',
  )
}

function copyOf(call: NodeCall, budget: FoldBudget, data: Constant): NumberArray {
  const result = allocate(data.type, budget.spend(call, data.shape))
  result.set(data.read())
  return result
}

export function scatterND(call: NodeCall, budget: FoldBudget): Constant {
  const [data, indices, updates] = [call.required(0), call.required(1), call.required(2)]
  const join = joining(call)
  const result = copyOf(call, budget, data)
  const { starts, run } = places(call, data, indices, 0)
  const values = updates.read()
  if (values.length !== starts.length * run)
    throw call.refuse(
      `writes ${values.length} numbers into ${starts.length * run} places`,
      'The file is damaged or was written wrongly; export the model again.',
    )
  starts.forEach((start, row) => {
    for (let index = 0; index < run; index++)
      result[start + index] = join(result[start + index] ?? 0, values[row * run + index] ?? 0)
  })
  return constant(data.type, data.shape, result)
}

/** For every index the offset of its place in `data`, which differs from the index's own along one axis. */
function eachElement(
  call: NodeCall,
  data: Constant,
  indices: Constant,
  visit: (place: number, index: number) => void,
): void {
  const axis = axisOf(call, call.integer('axis', 0), data.shape.length)
  const strides = stridesOf(data.shape)
  const stride = strides[axis] ?? 1
  const values = indices.read()
  if (
    indices.shape.length !== data.shape.length ||
    indices.shape.some((size, at) => at !== axis && size > (data.shape[at] ?? 0))
  )
    throw call.refuse(
      `has indices of shape [${indices.shape.join(', ')}] for a value of shape [${data.shape.join(', ')}]`,
      'The file is damaged or was written wrongly; export the model again.',
    )
  const others = strides.map((own, at) => (at === axis ? 0 : own))
  walk(indices.shape, others, 0, (offset, index) =>
    visit(offset + axisOf(call, values[index] ?? 0, data.shape[axis] ?? 1) * stride, index),
  )
}

function gatherElements(call: NodeCall, budget: FoldBudget): Constant {
  const [data, indices] = [call.required(0), call.required(1)]
  const result = allocate(data.type, budget.spend(call, indices.shape))
  const values = data.read()
  eachElement(call, data, indices, (place, index) => {
    result[index] = values[place] ?? 0
  })
  return constant(data.type, indices.shape, result)
}

function scatterElements(call: NodeCall, budget: FoldBudget): Constant {
  const [data, indices, updates] = [call.required(0), call.required(1), call.required(2)]
  const join = joining(call)
  const result = copyOf(call, budget, data)
  const values = updates.read()
  eachElement(call, data, indices, (place, index) => {
    result[place] = join(result[place] ?? 0, values[index] ?? 0)
  })
  return constant(data.type, data.shape, result)
}

function nonZero(call: NodeCall, budget: FoldBudget): Constant {
  const input = call.required(0)
  const found: number[] = []
  input.read().forEach((value, index) => {
    if (value !== 0) found.push(index)
  })
  const strides = stridesOf(input.shape)
  const result = allocate('int64', budget.spend(call, [input.shape.length, found.length]))
  input.shape.forEach((size, axis) =>
    found.forEach((index, column) => {
      result[axis * found.length + column] = Math.floor(index / (strides[axis] ?? 1)) % size
    }),
  )
  return constant('int64', [input.shape.length, found.length], result)
}

function triangle(call: NodeCall, budget: FoldBudget): Constant {
  const input = call.required(0)
  const [rows = 1, columns = 1] = input.shape.slice(-2)
  const shift = call.constant(1)?.read()[0] ?? 0
  const upper = call.integer('upper', 1) === 1
  budget.spend(call, input.shape)
  const result = input.read().map((value, index) => {
    const distance = (index % columns) - (Math.floor(index / columns) % rows) - shift
    return (upper ? distance >= 0 : distance <= 0) ? value : 0
  })
  return constant(input.type, input.shape, result)
}

function oneHot(call: NodeCall, budget: FoldBudget): Constant {
  const [indices, depth, values] = [call.required(0), call.required(1).read()[0] ?? 0, call.required(2)]
  const [off = 0, on = 1] = values.read()
  const rank = indices.shape.length + 1
  const axis = axisOf(call, call.integer('axis', -1), rank)
  const shape = [...indices.shape.slice(0, axis), depth, ...indices.shape.slice(axis)]
  const result = allocate(values.type, budget.spend(call, shape)).fill(off)
  const inner = elementCount(indices.shape.slice(axis))
  indices.read().forEach((index, position) => {
    const place = index < 0 ? index + depth : index
    if (place >= 0 && place < depth)
      result[(Math.floor(position / inner) * depth + place) * inner + (position % inner)] = on
  })
  return constant(values.type, shape, result)
}
