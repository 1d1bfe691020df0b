import { elementCount } from '../onnx-tensor.js'
import type { Shape } from '../../../operator.js'
import { isBatchMultiple, reshapeTarget } from './fold-support.js'
import { batchMarker } from './graph-value.js'
import type { NodeCall } from './node-call.js'

/** A shape, and how many elements of its batch axis lie outside of the images: 3 in `[3N, 64]` where every third has N. */
export interface PlacedBatch {
  readonly shape: Shape
  readonly outer: number
}

/**
 * The shape that a Reshape gives for any number of images. Files that were exported for a fixed batch carry its number in
 * some axis, alone or multiplied into another one; where it is follows from the order of the elements, which a Reshape keeps.
 * @param traced the number of images that the file was exported with
 * @throws FormatError when the elements don't fit
 */
export function reshapedBatch(
  call: NodeCall,
  from: PlacedBatch,
  wanted: readonly number[],
  traced: number,
): PlacedBatch {
  const position = from.shape.findIndex(isBatchMultiple)
  if (position < 0 || saysBatch(call, from.shape, wanted)) return located(from, reshapeTarget(call, from.shape, wanted))
  const fixed = from.shape.map((size) => (isBatchMultiple(size) ? (size / batchMarker) * traced : size))
  const target = fits(fixed, wanted) ? reshapeTarget(call, fixed, wanted) : null
  const place =
    target === null
      ? null
      : placeIn(target, before(from), traced, { from: from.shape.length, position, inferred: wanted.indexOf(-1) })
  if (target === null || place === null) return located(from, reshapeTarget(call, from.shape, wanted))
  const shape = target.map((size, axis) => (axis === place.axis ? (size / traced) * batchMarker : size))
  return { shape, outer: place.outer }
}

/** The batch size is in the wanted shape itself: computed, or copied from where it is. */
function saysBatch(call: NodeCall, from: Shape, wanted: readonly number[]): boolean {
  const copies = call.integer('allowzero', 0) === 0
  return wanted.some(
    (size, axis) => isBatchMultiple(size) || (copies && size === 0 && isBatchMultiple(from[axis] ?? 0)),
  )
}

function fits(from: Shape, wanted: readonly number[]): boolean {
  const known = elementCount(
    wanted.map((size, axis) => (size === 0 ? (from[axis] ?? 0) : size)).filter((size) => size !== -1),
  )
  const rest = elementCount(from) / known
  return wanted.includes(-1) ? Number.isSafeInteger(rest) : rest === 1
}

/** Number of elements, without the images themselves, that lie outside of them. */
function before({ shape, outer }: PlacedBatch): number {
  return elementCount(shape.slice(0, shape.findIndex(isBatchMultiple))) * outer
}

/**
 * The axis that the images go to: one that they have to themselves if there is one, best where they were. Between two
 * neighbours the order of the elements can't tell; then it is the axis whose size the file leaves open, else the one where they
 * were when there are as many axes as before, else the first.
 */
function placeIn(
  target: Shape,
  outside: number,
  traced: number,
  { from, position, inferred }: { readonly from: number; readonly position: number; readonly inferred: number },
): { readonly axis: number; readonly outer: number } | null {
  const possible = target.flatMap((size, axis) => {
    const outer = outside / elementCount(target.slice(0, axis))
    return Number.isInteger(outer) && outer > 0 && size % (outer * traced) === 0
      ? [{ axis, outer, alone: size === traced }]
      : []
  })
  const alone = possible.filter((place) => place.alone)
  const at = (axis: number): (typeof possible)[number] | undefined => possible.find((place) => place.axis === axis)
  return (
    alone.find(({ axis }) => axis === position) ??
    alone[0] ??
    at(inferred) ??
    (target.length === from ? at(position) : undefined) ??
    possible[0] ??
    null
  )
}

function located(from: PlacedBatch, shape: Shape): PlacedBatch {
  const axis = shape.findIndex(isBatchMultiple)
  if (axis < 0 || !from.shape.some(isBatchMultiple)) return { shape, outer: 1 }
  const outer = before(from) / elementCount(shape.slice(0, axis))
  const sound = Number.isInteger(outer) && outer > 0 && ((shape[axis] ?? 0) / batchMarker) % outer === 0
  return { shape, outer: sound ? outer : 1 }
}
