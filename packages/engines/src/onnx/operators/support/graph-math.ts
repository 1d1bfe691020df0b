import type { Shape } from '@graft/network'
import type { GraphBuilder } from './graph-builder.js'

/** A value's name, or a number that becomes a constant. */
export type Operand = string | number

/** Short names for the ONNX nodes that gradient rules write; every method returns the name of its value. */
export interface GraphMath {
  unary(operator: string, value: Operand): string
  add(a: Operand, b: Operand): string
  sub(a: Operand, b: Operand): string
  mul(a: Operand, b: Operand): string
  div(a: Operand, b: Operand): string
  pow(a: Operand, b: Operand): string
  min(a: Operand, b: Operand): string
  greater(a: Operand, b: Operand): string
  /**
   * 1 where a value lies above a number, else 0; many times faster than a comparison and a `Cast`, which onnxruntime
   * does on one core.
   */
  above(value: string, limit: number): string
  /** 1 where a value lies below a number, else 0. */
  below(value: string, limit: number): string
  /** 1 where a value that is nowhere above another reaches it, else 0. */
  reaches(value: string, bound: string): string
  where(condition: string, a: Operand, b: Operand): string
  /** Sum over axes, which stay with size 1 unless `keep` is false. */
  sum(value: string, axes: readonly number[], keep?: boolean): string
  mean(value: string, axes: readonly number[], keep?: boolean): string
  reshape(value: string, shape: Shape): string
  transpose(value: string, permutation: readonly number[]): string
  /** `count` entries along every axis from `starts`, every `steps`-th; only axes that are cut need naming. */
  slice(value: string, ranges: readonly AxisRange[]): string
  /** Zeros around a value. */
  pad(value: string, before: readonly number[], after: readonly number[]): string
  expand(value: string, shape: Shape): string
  /** Matrix product over the last two axes with optional transposition (com.microsoft FusedMatMul). */
  multiply(
    a: string,
    b: string,
    options?: { readonly transA?: boolean; readonly transB?: boolean; readonly alpha?: number },
  ): string
}

export interface AxisRange {
  readonly axis: number
  readonly start: number
  readonly count: number
  readonly step?: number
}

/**
 * Powers of two, so that products with them are exact; `steep` times a limit must stay finite, `steepest` times every
 * number but 0 is at least 1 (denormal ones aside).
 */
const [steep, steepest] = [2 ** 100, 2 ** 127]

/** A line so steep that it is 0 or 1 everywhere but at one point. */
const step = (build: GraphBuilder, value: string, alpha: number, beta: number): string =>
  build.add('HardSigmoid', [value], { alpha, beta })

/** The short names over a graph builder. */
export function graphMath(build: GraphBuilder): GraphMath {
  const named = (operand: Operand): string => (typeof operand === 'number' ? build.floats([], [operand]) : operand)
  const binary =
    (operator: string) =>
    (a: Operand, b: Operand): string =>
      build.add(operator, [named(a), named(b)])
  return {
    unary: (operator, value) => build.add(operator, [named(value)]),
    add: binary('Add'),
    sub: binary('Sub'),
    mul: binary('Mul'),
    div: binary('Div'),
    pow: binary('Pow'),
    min: binary('Min'),
    greater: binary('Greater'),
    above: (value, limit) => step(build, value, limit === 0 ? steepest : steep, limit === 0 ? 0 : -limit * steep),
    below: (value, limit) => step(build, value, limit === 0 ? -steepest : -steep, limit * steep),
    reaches: (value, bound) => step(build, build.add('Sub', [value, bound]), steepest, 1),
    where: (condition, a, b) => build.add('Where', [condition, named(a), named(b)]),
    sum: (value, axes, keep = true) =>
      axes.length === 0 ? value : build.add('ReduceSum', [value, build.integers(axes)], { keepdims: keep ? 1 : 0 }),
    mean: (value, axes, keep = true) =>
      axes.length === 0 ? value : build.add('ReduceMean', [value], { axes, keepdims: keep ? 1 : 0 }),
    reshape: (value, shape) => build.add('Reshape', [value, build.integers(shape)]),
    transpose: (value, perm) =>
      perm.every((axis, index) => axis === index) ? value : build.add('Transpose', [value], { perm }),
    slice: (value, ranges) =>
      ranges.length === 0 ? value : build.add('Slice', [value, ...sliceInputs(build, ranges)]),
    pad: (value, before, after) =>
      [...before, ...after].every((amount) => amount === 0)
        ? value
        : build.add('Pad', [value, build.integers([...before, ...after])], { mode: 'constant' }),
    expand: (value, shape) => build.add('Expand', [value, build.integers(shape)]),
    multiply: (a, b, { transA = false, transB = false, alpha = 1 } = {}) => {
      if (!transA && !transB && alpha === 1) return build.add('MatMul', [a, b])
      return build.add(
        'FusedMatMul',
        [a, b],
        { transA: transA ? 1 : 0, transB: transB ? 1 : 0, alpha },
        'com.microsoft',
      )
    },
  }
}

function sliceInputs(build: GraphBuilder, ranges: readonly AxisRange[]): string[] {
  const steps = ranges.map(({ step = 1 }) => step)
  const ends = ranges.map(({ start, count, step = 1 }) => {
    const end = start + (count - 1) * step + Math.sign(step)
    return end < 0 ? Number.MIN_SAFE_INTEGER : end
  })
  return [
    build.integers(ranges.map(({ start }) => start)),
    build.integers(ends),
    build.integers(ranges.map(({ axis }) => axis)),
    build.integers(steps),
  ]
}
