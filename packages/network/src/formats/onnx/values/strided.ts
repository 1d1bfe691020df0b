import type { Shape } from '../../../operator.js'
import type { NumberArray } from './graph-value.js'

/** Distance in elements between neighbours along every axis of a row-major tensor. */
export function stridesOf(shape: Shape): number[] {
  const strides = shape.map(() => 1)
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1)
  return strides
}

/** Strides that read `shape` as if broadcast to `target` (numpy rule); the shapes must be known to fit. */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const own = stridesOf(shape)
  const missing = target.length - shape.length
  return target.map((_, axis) => (axis < missing || shape[axis - missing] === 1 ? 0 : (own[axis - missing] ?? 0)))
}

/** The shape both broadcast to, or null when they don't fit. */
export function broadcastShape(a: Shape, b: Shape): number[] | null {
  const rank = Math.max(a.length, b.length)
  const at = (shape: Shape, axis: number): number => shape[axis - rank + shape.length] ?? 1
  const result = Array.from({ length: rank }, (_, axis) => (at(a, axis) === 1 ? at(b, axis) : at(a, axis)))
  return result.every((size, axis) => [at(a, axis), at(b, axis)].every((own) => own === 1 || own === size))
    ? result
    : null
}

/** Calls `visit` with the source offset of every element of `shape`, in row-major order. */
export function walk(
  shape: Shape,
  strides: readonly number[],
  start: number,
  visit: (offset: number, index: number) => void,
): void {
  const count = shape.reduce((product, size) => product * size, 1)
  const position = shape.map(() => 0)
  let offset = start
  for (let index = 0; index < count; index++) {
    visit(offset, index)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (position[axis] ?? 0) + 1
      if (next < (shape[axis] ?? 1)) {
        position[axis] = next
        offset += strides[axis] ?? 0
        break
      }
      offset -= (next - 1) * (strides[axis] ?? 0)
      position[axis] = 0
    }
  }
}

/** Copies a strided view of `source` into `target`. */
export function copyStrided(
  source: NumberArray,
  target: NumberArray,
  shape: Shape,
  strides: readonly number[],
  start = 0,
): void {
  walk(shape, strides, start, (offset, index) => {
    target[index] = source[offset] ?? 0
  })
}
