import type { Tensor } from '@tensorflow/tfjs-core'
import type { SuppliedKernel } from './kernel.js'
import { computeInMemory, countOf } from './memory.js'

/** Side of the blocks in which a plane is turned, so that both sides stay in the cache. */
const block = 16

/**
 * Transpositions that exchange two groups of neighbouring axes, block by block: about four times faster than the
 * backend's own.
 */
export const transpose: SuppliedKernel = {
  name: 'Transpose',
  mode: 'replaces',
  compute: (tf, inputs, attributes, original) => {
    const x = inputs['x'] as Tensor
    const order = attributes['perm'] as readonly number[]
    const planes = x.dtype === 'float32' ? exchangedPlanes(x.shape, order) : null
    if (!planes) return original()
    const shape = order.map((axis) => x.shape[axis] ?? 1)
    return computeInMemory(tf, [x], shape, (output, source) => turnPlanes(source as Float32Array, output, planes))
  },
}

/**
 * `outer` stacks of `middle` planes of `rows` x `columns`, each to be turned: axes [outer, rows, middle, columns] ->
 * [outer, columns, middle, rows].
 */
interface Planes {
  readonly outer: number
  readonly rows: number
  readonly middle: number
  readonly columns: number
}

/** Recognises `[outer, A, middle, B] -> [outer, B, middle, A]`, where each of the four may be several axes or none. */
function exchangedPlanes(shape: readonly number[], order: readonly number[]): Planes | null {
  const groups = groupAxes(shape, order)
  const sizes = groups.map((group) => countOf(group.map((axis) => shape[axis] ?? 1)))
  const ranks = groups.map((group) => groups.filter((other) => (other[0] ?? 0) < (group[0] ?? 0)).length)
  const sizeOf = (rank: number): number => sizes[ranks.indexOf(rank)] ?? 1
  switch (ranks.join()) {
    case '1,0':
      return { outer: 1, rows: sizeOf(0), middle: 1, columns: sizeOf(1) }
    case '0,2,1':
      return { outer: sizeOf(0), rows: sizeOf(1), middle: 1, columns: sizeOf(2) }
    case '2,1,0':
      return { outer: 1, rows: sizeOf(0), middle: sizeOf(1), columns: sizeOf(2) }
    case '0,3,2,1':
      return { outer: sizeOf(0), rows: sizeOf(1), middle: sizeOf(2), columns: sizeOf(3) }
    default:
      return null
  }
}

/** Splits the new order into runs of axes that were neighbours before. */
function groupAxes(shape: readonly number[], order: readonly number[]): number[][] {
  const groups: number[][] = []
  for (const axis of order) {
    if (shape[axis] === 1) continue
    const group = groups.at(-1)
    const previous = group?.at(-1)
    const between = previous === undefined ? [] : shape.slice(previous + 1, axis)
    if (group && previous !== undefined && axis > previous && between.every((size) => size === 1)) group.push(axis)
    else groups.push([axis])
  }
  return groups
}

function turnPlanes(source: Float32Array, target: Float32Array, { outer, rows, middle, columns }: Planes): void {
  const size = rows * middle * columns
  for (let stack = 0; stack < outer; stack++) {
    for (let plane = 0; plane < middle; plane++) {
      turnPlane(
        source,
        target,
        stack * size + plane * columns,
        stack * size + plane * rows,
        rows,
        columns,
        middle * columns,
        middle * rows,
      )
    }
  }
}

function turnPlane(
  source: Float32Array,
  target: Float32Array,
  from: number,
  to: number,
  rows: number,
  columns: number,
  sourceStride: number,
  targetStride: number,
): void {
  for (let top = 0; top < rows; top += block) {
    const bottom = Math.min(rows, top + block)
    for (let column = 0; column < columns; column++) {
      let write = to + column * targetStride + top
      let read = from + top * sourceStride + column
      for (let row = top; row < bottom; row++) {
        target[write++] = source[read] as number
        read += sourceStride
      }
    }
  }
}
