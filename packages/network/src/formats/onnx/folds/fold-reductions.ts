import { elementCount } from '../onnx-tensor.js'
import { allocate, type Constant, constant, isFloat } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'
import { axisOf, type Fold, type FoldBudget } from '../values/fold-support.js'
import { broadcastStrides, stridesOf, walk } from '../values/strided.js'

/** How numbers are taken together: from `start`, one after the other, and what is made of the result and their count. */
interface Reduction {
  readonly start: number
  readonly combine: (a: number, b: number) => number
  readonly finish?: (value: number, count: number) => number
}

/** Operators on constants that take an axis together, or run along one. */
export const reductionFolds: Readonly<Record<string, Fold>> = {
  ReduceProd: reduce({ start: 1, combine: (a, b) => a * b }),
  ReduceSum: reduce({ start: 0, combine: (a, b) => a + b }),
  ReduceMean: reduce({ start: 0, combine: (a, b) => a + b, finish: (value, count) => value / count }),
  ReduceMax: reduce({ start: -Infinity, combine: Math.max }),
  ReduceMin: reduce({ start: Infinity, combine: Math.min }),
  ReduceL1: reduce({ start: 0, combine: (a, b) => a + Math.abs(b) }),
  ReduceL2: reduce({ start: 0, combine: (a, b) => a + b * b, finish: Math.sqrt }),
  ReduceSumSquare: reduce({ start: 0, combine: (a, b) => a + b * b }),
  ReduceLogSum: reduce({ start: 0, combine: (a, b) => a + b, finish: Math.log }),
  ReduceLogSumExp: reduce({ start: 0, combine: (a, b) => a + Math.exp(b), finish: Math.log }),
  CumSum: cumulated,
  Softmax: softmax,
}

function reduce({ start, combine, finish }: Reduction): Fold {
  return (call, budget) => {
    const input = call.required(0)
    const given = call.listOrInput('axes', 1)
    if ((given === null || given.length === 0) && call.integer('noop_with_empty_axes', 0) === 1) return input
    const axes =
      given === null || given.length === 0
        ? input.shape.map((_, axis) => axis)
        : given.map((axis) => axisOf(call, axis, input.shape.length))
    budget.spend(call, input.shape)
    const kept = input.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    const count = elementCount(kept)
    const sums = new Float64Array(count).fill(start)
    const values = input.read()
    walk(input.shape, broadcastStrides(kept, input.shape), 0, (target, index) => {
      sums[target] = combine(sums[target] ?? start, values[index] ?? 0)
    })
    const each = elementCount(input.shape) / Math.max(1, count)
    const result = allocate(input.type, count)
    sums.forEach((sum, index) => {
      const value = finish === undefined ? sum : finish(sum, each)
      result[index] = isFloat(input.type) ? value : Math.trunc(value)
    })
    const shape = call.integer('keepdims', 1) === 1 ? kept : input.shape.filter((_, axis) => !axes.includes(axis))
    return constant(input.type, shape, result)
  }
}

function cumulated(call: NodeCall, budget: FoldBudget): Constant {
  const input = call.required(0)
  const axis = axisOf(call, call.required(1).read()[0] ?? 0, input.shape.length)
  const [exclusive, backwards] = [call.integer('exclusive', 0) === 1, call.integer('reverse', 0) === 1]
  const values = input.read()
  return alongAxis(call, budget, input, axis, (at, size, set) => {
    let sum = 0
    for (let step = 0; step < size; step++) {
      const index = backwards ? size - 1 - step : step
      const value = values[at(index)] ?? 0
      set(index, exclusive ? sum : sum + value)
      sum += value
    }
  })
}

function softmax(call: NodeCall, budget: FoldBudget): Constant {
  const input = call.required(0)
  if (call.opset < 13)
    throw call.refuse('takes a softmax of constants', 'Export the model again with opset 13 or later.')
  const axis = axisOf(call, call.integer('axis', -1), input.shape.length)
  const values = input.read()
  return alongAxis(call, budget, input, axis, (at, size, set) => {
    const indices = Array.from({ length: size }, (_, index) => index)
    const largest = Math.max(...indices.map((index) => values[at(index)] ?? 0))
    const powers = indices.map((index) => Math.exp((values[at(index)] ?? 0) - largest))
    const sum = powers.reduce((a, b) => a + b, 0)
    powers.forEach((power, index) => set(index, power / sum))
  })
}

type Row = (at: (index: number) => number, size: number, set: (index: number, value: number) => void) => void

/** A constant of the same shape, computed row by row along an axis. */
function alongAxis(call: NodeCall, budget: FoldBudget, input: Constant, axis: number, row: Row): Constant {
  const result = allocate(input.type, budget.spend(call, input.shape))
  const stride = stridesOf(input.shape)[axis] ?? 1
  const size = input.shape[axis] ?? 1
  const starts = input.shape.map((own, index) => (index === axis ? 1 : own))
  walk(starts, stridesOf(input.shape), 0, (offset) => {
    const at = (index: number): number => offset + index * stride
    row(at, size, (index, value) => {
      result[at(index)] = value
    })
  })
  return constant(input.type, input.shape, result)
}
