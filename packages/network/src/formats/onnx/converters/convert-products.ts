import { einsumPlan } from '../values/einsum-plan.js'
import { elementCount } from '../onnx-tensor.js'
import { type Constant, constant, type GraphValue, type LayerValue } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'
import type { Converter } from './converter.js'
import { emitComputed } from './emit-computed.js'
import { reshape } from './emit-reshape.js'
import type { GraphBuilder } from './graph-builder.js'

/** Products of matrices, in every way that files write them. */
export const productConverters: Readonly<Record<string, Converter>> = {
  MatMul: (call, builder) => {
    const [first, second] = call.inputs
    if (first?.kind === 'constant' && second?.kind === 'layer') {
      const computed = emitComputed(call, builder, first, second)
      return computed === null
        ? constantFirst(call, builder, first, second)
        : builder.emit(call, 'MatMul', [computed, second])
    }
    if (second?.kind === 'layer') return builder.emit(call, 'MatMul', [call.layer(0), second])
    const weight = call.required(1)
    const computed = weight.moved === undefined ? emitComputed(call, builder, weight, call.layer(0)) : null
    if (computed !== null) return builder.emit(call, 'MatMul', [call.layer(0), computed])
    if (weight.shape.length > 2 && weight.shape.slice(0, -2).some((size) => size > 1))
      return stackedWeight(call, builder, call.layer(0), weight)
    return builder.emit(call, 'MatMul', [call.layer(0)], {
      slots: { weight: { value: matrix(weight), trainable: true } },
    })
  },
  Einsum: einsum,
}

const matrix = (weight: Constant): Constant =>
  weight.shape.length > 2 ? { ...weight, shape: weight.shape.slice(-2) } : weight

/** A constant `[..., rows, depth]` times a value `[..., depth, columns]`: learned queries, tables of weights. */
function constantFirst(call: NodeCall, builder: GraphBuilder, first: Constant, second: LayerValue): LayerValue {
  const rank = second.shape.length
  const [rows = 1, depth = 1] = first.shape.slice(-2)
  const stack = first.shape.slice(0, -2)
  const left = { ...first, shape: [...stack, rows, depth, 1] }
  const right = builder.emit(call, 'Unsqueeze', [second], { attributes: { axes: [rank - 2] }, suffix: '.right' })
  const products = builder.emit(call, 'Mul', [right], {
    slots: { operand: { value: left, trainable: first.origin !== null } },
    suffix: '.products',
  })
  return builder.emit(call, 'ReduceSum', [products], { attributes: { axes: [products.shape.length - 2], keepdims: 0 } })
}

/** A value `[..., rows, depth]` times a stack of matrices `[..., depth, columns]`. */
function stackedWeight(call: NodeCall, builder: GraphBuilder, first: LayerValue, weight: Constant): LayerValue {
  const rank = first.shape.length
  const left = builder.emit(call, 'Unsqueeze', [first], { attributes: { axes: [rank] }, suffix: '.left' })
  const [depth = 1, columns = 1] = weight.shape.slice(-2)
  const right = { ...weight, shape: [...weight.shape.slice(0, -2), 1, depth, columns] }
  const products = builder.emit(call, 'Mul', [left], {
    slots: { operand: { value: right, trainable: weight.origin !== null } },
    suffix: '.products',
  })
  return builder.emit(call, 'ReduceSum', [products], { attributes: { axes: [products.shape.length - 2], keepdims: 0 } })
}

/**
 * A sum over letters as a product of matrices: the letters of both inputs and the result are a stack, those of both inputs
 * alone are summed over, the others are rows and columns.
 */
function einsum(call: NodeCall, builder: GraphBuilder): GraphValue {
  const [first, second] = call.inputs
  if (call.inputs.length !== 2 || !first || !second)
    throw call.refuse('sums over other than two values', 'Export it as products of matrices.')
  const { terms, result } = einsumPlan(call, [first.shape.length, second.shape.length])
  const [left = [], right = []] = terms
  const shared = left.filter((letter) => right.includes(letter))
  const stack = shared.filter((letter) => result.includes(letter))
  const summed = shared.filter((letter) => !result.includes(letter))
  const [rows, columns] = [left, right].map((term) => term.filter((letter) => !shared.includes(letter))) as [
    string[],
    string[],
  ]
  if (
    new Set(left).size !== left.length ||
    new Set(right).size !== right.length ||
    [...rows, ...columns].some((letter) => !result.includes(letter))
  )
    throw call.refuse('sums over letters of one value alone, or takes a diagonal', 'Export it as products of matrices.')
  const sizes = new Map([
    ...left.map((letter, axis) => [letter, first.shape[axis] ?? 1] as const),
    ...right.map((letter, axis) => [letter, second.shape[axis] ?? 1] as const),
  ])
  const sizesOf = (letters: readonly string[]): number[] => letters.map((letter) => sizes.get(letter) ?? 1)
  const product = elementCount
  const a = arranged(
    call,
    builder,
    first,
    left,
    [stack, rows, summed],
    [...sizesOf(stack), product(sizesOf(rows)), product(sizesOf(summed))],
    '.left',
  )
  const b = arranged(
    call,
    builder,
    second,
    right,
    [stack, summed, columns],
    [...sizesOf(stack), product(sizesOf(summed)), product(sizesOf(columns))],
    '.right',
  )
  const multiplied = multiply(call, builder, a, b)
  const letters = [...stack, ...rows, ...columns]
  const split = reshape(call, builder, multiplied, sizesOf(letters), '.split')
  return permuted(call, builder, split, letters, result, '.order')
}

function multiply(call: NodeCall, builder: GraphBuilder, a: GraphValue, b: GraphValue): LayerValue {
  if (a.kind === 'layer' && b.kind === 'layer') return builder.emit(call, 'MatMul', [a, b])
  if (a.kind === 'constant') return constantFirst(call, builder, a, b as LayerValue)
  return a.kind === 'layer' && b.shape.length > 2
    ? stackedWeight(call, builder, a, b as Constant)
    : builder.emit(call, 'MatMul', [a], { slots: { weight: { value: b as Constant, trainable: true } } })
}

/** A value with its axes in the order of groups of letters, and then of this shape. */
function arranged(
  call: NodeCall,
  builder: GraphBuilder,
  value: GraphValue,
  term: readonly string[],
  groups: readonly (readonly string[])[],
  shape: readonly number[],
  suffix: string,
): GraphValue {
  const order = groups.flat()
  if (value.kind === 'layer')
    return reshape(call, builder, permuted(call, builder, value, term, order, suffix), shape, `${suffix}.matrix`)
  if (order.join() === term.join()) return { ...value, shape }
  const perm = order.map((letter) => term.indexOf(letter))
  const strides = value.shape.map((_, axis) => elementCount(value.shape.slice(axis + 1)))
  const moved = perm.map((axis) => value.shape[axis] ?? 1)
  const source = value.read()
  const result = Float32Array.from({ length: source.length }, (_, index) => {
    let [rest, offset] = [index, 0]
    for (let axis = perm.length - 1; axis >= 0; axis--) {
      const size = moved[axis] ?? 1
      offset += (rest % size) * (strides[perm[axis] ?? 0] ?? 0)
      rest = Math.floor(rest / size)
    }
    return source[offset] ?? 0
  })
  return constant(value.type, shape, result)
}

function permuted(
  call: NodeCall,
  builder: GraphBuilder,
  value: LayerValue,
  from: readonly string[],
  to: readonly string[],
  suffix: string,
): LayerValue {
  const perm = to.map((letter) => from.indexOf(letter))
  return perm.every((axis, index) => axis === index)
    ? value
    : builder.emit(call, 'Transpose', [value], { attributes: { perm }, suffix })
}
