import type { Shape } from '../../../operator.js'
import { elementCount } from '../onnx-tensor.js'
import { batchMarker, type Constant } from './graph-value.js'
import type { NodeCall } from './node-call.js'

/** Computes a node whose inputs are all constants. */
export type Fold = (call: NodeCall, budget: FoldBudget) => Constant | readonly Constant[]

/** Elements of four or eight bytes; weights of 100 MB may each be turned, cut and put together several times. */
const mostFolded = 2 ** 28

/**
 * Limits how many elements constant folding may compute in one file, so that a small hostile file can't occupy the
 * machine.
 */
export class FoldBudget {
  private left: number

  /** `weights`: floating-point elements that the file itself holds. */
  constructor(weights: number) {
    this.left = Math.min(2 ** 24 + 8 * weights, mostFolded)
  }

  /** Number of elements of a result's shape. Throws FormatError when the file has asked for too many. */
  spend(call: NodeCall, shape: Shape): number {
    const count = elementCount(shape)
    if (!(count >= 0 && count <= this.left))
      throw call.refuse(
        `computes a constant of shape [${shape.slice(0, 16).join(', ')}], more than can be computed while reading`,
        'Simplify the model (for example with onnxsim), or check that the file is what you expect.',
      )
    this.left -= count
    return count
  }
}

/** An axis counted from 0. Throws FormatError when it is outside. */
export function axisOf(call: NodeCall, axis: number, rank: number): number {
  const resolved = axis < 0 ? axis + rank : axis
  if (Number.isInteger(resolved) && resolved >= 0 && resolved < rank) return resolved
  throw call.refuse(
    `names the axis ${axis} of a value with ${rank} axes`,
    'The file is damaged or was written wrongly; export the model again.',
  )
}

/**
 * The shape a Reshape asks for: 0 copies an axis (unless `allowzero`), one -1 is inferred. Throws FormatError when the
 * elements don't fit.
 */
export function reshapeTarget(call: NodeCall, from: Shape, wanted: readonly number[]): number[] {
  const copied = wanted.map((size, axis) =>
    size === 0 && call.integer('allowzero', 0) === 0 ? (from[axis] ?? 0) : size,
  )
  const known = elementCount(copied.filter((size) => size !== -1))
  const inferred = elementCount(from) / known
  const target = copied.map((size) => (size === -1 ? inferred : size))
  const sound =
    copied.filter((size) => size === -1).length <= 1 &&
    target.every((size) => Number.isSafeInteger(size) && size >= 0) &&
    elementCount(target) === elementCount(from)
  if (sound) return target
  throw call.refuse(
    `reshapes [${shown(from)}] to [${shown(wanted)}], which has another number of elements`,
    'Export the model again with a dynamic batch axis and a fixed image size.',
  )
}

/** A shape for messages, with N for the batch. */
export function shown(shape: Shape): string {
  return shape
    .map((size) =>
      size === batchMarker ? 'N' : size % batchMarker === 0 && size > 0 ? `${size / batchMarker}N` : size,
    )
    .join(', ')
}

export function isBatchMultiple(size: number): boolean {
  return size !== 0 && Number.isInteger(size) && size % batchMarker === 0
}

/** A slice of one axis with `start`, `end` and `step` clamped as ONNX asks. */
export interface AxisSlice {
  readonly axis: number
  readonly start: number
  readonly end: number
  readonly step: number
  readonly count: number
}

/** The slices a Slice node makes, from attributes (opset < 10) or inputs. */
export function axisSlices(call: NodeCall, shape: Shape): readonly AxisSlice[] {
  const starts = call.listOrInput('starts', 1) ?? []
  const ends = call.listOrInput('ends', 2) ?? []
  const axes = call.listOrInput('axes', 3) ?? starts.map((_, index) => index)
  const steps = call.inputs[4] ? [...call.required(4).read()] : starts.map(() => 1)
  if (
    starts.length !== ends.length ||
    axes.length !== starts.length ||
    steps.length !== starts.length ||
    steps.includes(0)
  ) {
    throw call.refuse(
      "has starts, ends, axes and steps that don't fit together",
      'The file is damaged or was written wrongly; export the model again.',
    )
  }
  return axes.map((given, index) => {
    const axis = axisOf(call, given, shape.length)
    return axisSlice(axis, shape[axis] ?? 1, starts[index] ?? 0, ends[index] ?? 0, steps[index] ?? 1)
  })
}

function axisSlice(axis: number, size: number, from: number, to: number, step: number): AxisSlice {
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1]
  const clamp = (value: number): number => Math.min(Math.max(value < 0 ? value + size : value, low), high)
  const start = step > 0 ? clamp(from) : Math.max(clamp(from), 0)
  const end = clamp(to)
  return { axis, start, end, step, count: Math.max(0, Math.ceil((end - start) / step)) }
}

/** Sizes of the parts of a Split node. */
export function splitSizes(call: NodeCall, size: number): readonly number[] {
  const given = call.listOrInput('split', 1)
  const parts = call.node.outputs.length
  const each = Math.ceil(size / Math.max(1, parts))
  const sizes = given ?? Array.from({ length: parts }, (_, index) => Math.min(each, size - index * each))
  const sound =
    sizes.length === call.node.outputs.length &&
    sizes.every((part) => Number.isInteger(part) && part >= 0) &&
    sizes.reduce((sum, part) => sum + part, 0) === size
  if (sound) return sizes
  throw call.refuse(
    `splits an axis of size ${size} into [${sizes.slice(0, 16).join(', ')}]`,
    'Expected parts that add up to the axis, one for every output; export the model again.',
  )
}
