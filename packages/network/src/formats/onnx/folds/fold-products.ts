import type { Shape } from '../../../operator.js'
import { elementCount } from '../onnx-tensor.js'
import { allocate, type Constant, constant, reshaped } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'
import { einsumPlan } from '../values/einsum-plan.js'
import type { Fold, FoldBudget } from '../values/fold-support.js'
import { broadcastShape, broadcastStrides, stridesOf, walk } from '../values/strided.js'

/** Products of matrices on constants: weights that exporters join, tables of positions. */
export const productFolds: Readonly<Record<string, Fold>> = {
  MatMul: (call, budget) => matrixProduct(call, budget, call.required(0), call.required(1)),
  Gemm: gemm,
  Einsum: einsum,
}

/** The product of matrices, or of stacks of them; a vector stands for a row or a column. */
function matrixProduct(call: NodeCall, budget: FoldBudget, left: Constant, right: Constant): Constant {
  const [a, b] = [
    left.shape.length === 1 ? [1, ...left.shape] : left.shape,
    right.shape.length === 1 ? [...right.shape, 1] : right.shape,
  ]
  const stack = broadcastShape(a.slice(0, -2), b.slice(0, -2))
  const [rows = 1, inner = 1] = a.slice(-2)
  const [depth = 1, columns = 1] = b.slice(-2)
  if (stack === null || inner !== depth || a.length < 2 || b.length < 2)
    throw call.refuse(
      `multiplies matrices of shapes [${a.join(', ')}] and [${b.join(', ')}], which don't fit`,
      'The file is damaged or was written wrongly; export the model again.',
    )
  budget.spend(call, [...stack, rows, columns, inner])
  const result = allocate(left.type, elementCount([...stack, rows, columns]))
  const offsets = (shape: Shape): number[] => {
    const list: number[] = []
    const batch = broadcastStrides(shape.slice(0, -2), stack).map((stride) => stride * elementCount(shape.slice(-2)))
    walk(stack, batch, 0, (offset) => list.push(offset))
    return list
  }
  const [first, second] = [left.read(), right.read()]
  const [starts, others] = [offsets(a), offsets(b)]
  starts.forEach((start, index) => {
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        let sum = 0
        for (let k = 0; k < inner; k++)
          sum += (first[start + row * inner + k] ?? 0) * (second[(others[index] ?? 0) + k * columns + column] ?? 0)
        result[(index * rows + row) * columns + column] = sum
      }
  })
  const shape = [...stack, ...(left.shape.length === 1 ? [] : [rows]), ...(right.shape.length === 1 ? [] : [columns])]
  return constant(left.type, shape, result)
}

function gemm(call: NodeCall, budget: FoldBudget): Constant {
  const turned = (value: Constant, flag: string): Constant =>
    call.integer(flag, 0) === 1 ? transposedMatrix(call, budget, value) : value
  const product = matrixProduct(call, budget, turned(call.required(0), 'transA'), turned(call.required(1), 'transB'))
  const [alpha, beta, bias] = [call.float('alpha', 1), call.float('beta', 1), call.constant(2)]
  const result = product.read().map((value) => value * alpha)
  if (bias !== null) {
    const values = bias.read()
    if (broadcastShape(bias.shape, product.shape)?.join() !== product.shape.join())
      throw call.refuse(
        `adds a bias of shape [${bias.shape.join(', ')}] to a product of shape [${product.shape.join(', ')}]`,
        'The file is damaged or was written wrongly; export the model again.',
      )
    walk(product.shape, broadcastStrides(bias.shape, product.shape), 0, (offset, index) => {
      result[index] = (result[index] ?? 0) + beta * (values[offset] ?? 0)
    })
  }
  return constant(product.type, product.shape, result)
}

function transposedMatrix(call: NodeCall, budget: FoldBudget, value: Constant): Constant {
  const [rows = 1, columns = 1] = value.shape
  const result = allocate(value.type, budget.spend(call, [columns, rows]))
  const values = value.read()
  result.forEach((_, index) => {
    result[index] = values[(index % rows) * columns + Math.floor(index / rows)] ?? 0
  })
  return reshaped(constant(value.type, [columns, rows], result), [columns, rows])
}

/** Sums over every letter that the result doesn't have. */
function einsum(call: NodeCall, budget: FoldBudget): Constant {
  const inputs = call.inputs.map((_, index) => call.required(index))
  const { terms, result } = einsumPlan(
    call,
    inputs.map(({ shape }) => shape.length),
  )
  const sizes = new Map<string, number>()
  inputs.forEach(({ shape }, index) =>
    shape.forEach((size, axis) => {
      const letter = terms[index]?.[axis] ?? ''
      if ((sizes.get(letter) ?? 1) === 1) sizes.set(letter, size)
    }),
  )
  const letters = [...result, ...[...sizes.keys()].filter((letter) => !result.includes(letter))]
  const space = letters.map((letter) => sizes.get(letter) ?? 1)
  const shape = result.map((letter) => sizes.get(letter) ?? 1)
  const count = budget.spend(call, space)
  const values = new Float64Array(count).fill(1)
  inputs.forEach((input, index) => {
    const own = stridesOf(input.shape)
    const strides = letters.map((letter) =>
      (terms[index] ?? []).reduce(
        (sum, term, axis) => sum + (term === letter && input.shape[axis] !== 1 ? (own[axis] ?? 0) : 0),
        0,
      ),
    )
    const source = input.read()
    walk(space, strides, 0, (offset, position) => {
      values[position] = (values[position] ?? 1) * (source[offset] ?? 0)
    })
  })
  const summed = count / Math.max(1, elementCount(shape))
  const total = allocate(inputs[0]?.type ?? 'float32', elementCount(shape))
  total.forEach((_, index) => {
    let sum = 0
    for (let part = 0; part < summed; part++) sum += values[index * summed + part] ?? 0
    total[index] = sum
  })
  return constant(inputs[0]?.type ?? 'float32', shape, total)
}
