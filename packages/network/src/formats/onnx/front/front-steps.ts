import type { OnnxModelNode } from '../onnx-model.js'
import { type Constant, isFloat } from '../values/graph-value.js'
import { tensorTypeOf } from '../onnx-tensor.js'
import { type FrontState, type ImageAxes, sizeOf, withSize } from './front-state.js'
import type { SmallNumbers } from './small-numbers.js'

/**
 * A step between an image and the network that reads it; null where it isn't one that Graft's own preparation can take over,
 * so that either the network begins there or the file is refused.
 * @param place of the image among the node's inputs
 */
type Step = (state: FrontState, node: OnnxModelNode, numbers: SmallNumbers, place: number) => FrontState | null

const first =
  (step: Step): Step =>
  (state, node, numbers, place) =>
    place === 0 ? step(state, node, numbers, place) : null

const isUntouched = ({ factors, shifts }: FrontState): boolean =>
  factors.every((factor) => factor === 1) && shifts.every((shift) => shift === 0)

const valuesOf = (constant: Constant | null): readonly number[] | null =>
  constant === null ? null : [...constant.read()]

const same: Step = (state) => state

const cast: Step = (state, node, numbers) => {
  const type = tensorTypeOf(numbers.call(node, []).integer('to', 0))
  if (type === null) return null
  if (isFloat(type)) return { ...state, isFloat: true }
  return isUntouched(state) ? { ...state, isFloat: false } : null
}

/** Bytes that are rounded after resizing. */
const rounded: Step = (state) => (isUntouched(state) ? state : null)

/** Bounds that no value exceeds, as 0 and 255 around bytes that were resized: else it is a step of its own. */
const clip: Step = (state, node, numbers) => {
  const call = numbers.call(node, [])
  const bound = (name: string, index: number, none: number): number => {
    const input = node.inputs[index]
    if (input === undefined || input === '') return call.float(name, none)
    return numbers.read(input)?.read()[0] ?? NaN
  }
  const [least, most] = [bound('min', 1, -Infinity), bound('max', 2, Infinity)]
  const isIdle = state.factors.every((factor, channel) => {
    const ends = [0, 255].map((byte) => factor * byte + (state.shifts[channel] ?? 0))
    // Seven digits are those of float32.
    const slack = 1e-6 * Math.abs(factor) * 255
    return Math.min(...ends) >= least - slack && Math.max(...ends) <= most + slack
  })
  return isIdle ? state : null
}

const transpose: Step = (state, node, numbers) => {
  const perm = numbers.call(node, []).list('perm')
  if (perm?.length !== state.shape.length) return null
  const moved = (axis: number): number => perm.indexOf(axis)
  const { batch, channels, rows, columns } = state.axes
  const axes = {
    batch: batch === null ? null : moved(batch),
    channels: moved(channels),
    rows: moved(rows),
    columns: moved(columns),
  }
  const shape = perm.map((axis) => state.shape[axis] ?? 0)
  return Object.values(axes).includes(-1) ? null : { ...state, shape, axes }
}

const unsqueeze: Step = (state, node, numbers) => {
  const axes = numbers.call(node, []).list('axes') ?? valuesOf(numbers.read(node.inputs[1]))
  if (state.axes.batch !== null || axes?.length !== 1 || axes[0] !== 0) return null
  const { channels, rows, columns } = state.axes
  const later: ImageAxes = { batch: 0, channels: channels + 1, rows: rows + 1, columns: columns + 1 }
  return { ...state, shape: [1, ...state.shape], axes: later }
}

/** A number for all channels, or one for each; null where it differs from place to place. */
function perChannel(state: FrontState, constant: Constant | null): readonly number[] | null {
  if (constant === null) return null
  const values = [...constant.read()]
  const count = state.factors.length
  const [only = NaN] = values
  if (values.length === 1) return state.factors.map(() => only)
  const axis = state.axes.channels - (state.shape.length - constant.shape.length)
  return values.length === count && constant.shape[axis] === count ? values : null
}

/** `combine` of the state's factor and shift, and the constant. */
const scaling =
  (
    combine: (factor: number, shift: number, value: number, isFirst: boolean) => readonly [number, number] | null,
  ): Step =>
  (state, node, numbers, place) => {
    const values = perChannel(state, numbers.read(node.inputs[1 - place]))
    if (values === null) return null
    const pairs = state.factors.map((factor, channel) =>
      combine(factor, state.shifts[channel] ?? 0, values[channel] ?? NaN, place === 0),
    )
    const found = pairs.flatMap((pair) => (pair === null || !pair.every(Number.isFinite) ? [] : [pair]))
    if (found.length < pairs.length) return null
    return { ...state, factors: found.map(([factor]) => factor), shifts: found.map(([, shift]) => shift) }
  }

/** Scale and zero point in place of the image's bytes. */
const dequantised: Step = (state, node, numbers) => {
  const [scale, zero] = [numbers.read(node.inputs[1]), numbers.read(node.inputs[2])]
  if (scale?.shape.length !== 0 || (node.inputs[2] !== undefined && node.inputs[2] !== '' && zero === null)) return null
  const [by = NaN, from = 0] = [scale.read()[0], zero?.read()[0]]
  const shifts = state.shifts.map((shift) => (shift - from) * by)
  return { ...state, isFloat: true, factors: state.factors.map((factor) => factor * by), shifts }
}

const resize: Step = (state, node, numbers) => {
  if (state.resized !== null || state.cropped !== null) return null
  const call = numbers.call(node, [])
  const aspect = call.text('keep_aspect_ratio_policy', 'stretch')
  const sizes = valuesOf(numbers.read(node.inputs[3]))
  const scales = valuesOf(numbers.read(node.inputs[2] ?? ''))
  const given = call.list('axes')
  const axes =
    given === null
      ? state.shape.map((_, axis) => axis)
      : given.map((axis) => (axis < 0 ? axis + state.shape.length : axis))
  const target = state.shape.map((size, axis) => {
    const at = axes.indexOf(axis)
    if (at < 0) return size
    return sizes !== null && sizes.length > 0 ? (sizes[at] ?? 0) : Math.floor(size * (scales?.[at] ?? NaN))
  })
  const { rows, columns } = state.axes
  const kept = target.every((size, axis) => axis === rows || axis === columns || size === state.shape[axis])
  if (aspect !== 'stretch' || !kept || target.some((size) => !(size > 0))) return null
  const size = [target[rows] ?? 0, target[columns] ?? 0] as const
  const resized = { size, mode: call.text('mode', 'nearest'), antialias: call.integer('antialias', 0) === 1 }
  return { ...withSize(state, size), resized }
}

const slice: Step = (state, node, numbers) => {
  const call = numbers.call(node, [])
  const part = (name: string, index: number): readonly number[] | null =>
    call.list(name) ?? valuesOf(numbers.read(node.inputs[index]))
  const [starts, ends] = [part('starts', 1), part('ends', 2)]
  if (starts === null || ends === null || starts.length !== ends.length) return null
  const axes = (part('axes', 3) ?? starts.map((_, index) => index)).map((axis) =>
    axis < 0 ? axis + state.shape.length : axis,
  )
  const steps = part('steps', 4) ?? starts.map(() => 1)
  const { rows, columns, channels } = state.axes
  let result: FrontState | null = state
  const corner: [number, number] = [0, 0]
  axes.forEach((axis, index) => {
    const size = state.shape[axis] ?? 0
    const bound = (value: number): number => Math.min(size, Math.max(0, value < 0 ? value + size : value))
    const [from, to, step] = [bound(starts[index] ?? 0), bound(ends[index] ?? 0), steps[index] ?? 1]
    if (result === null || (step === 1 && from === 0 && to === size)) return
    const start = starts[index] ?? 0
    // From the last channel on: from the first, a step of -1 takes that one alone.
    const isWhole = (start === -1 || start >= size - 1) && (ends[index] ?? 0) < -size
    if (axis === channels && step === -1 && isWhole) result = reversed(result)
    else if (step === 1 && to > from && (axis === rows || axis === columns)) {
      const [height, width] = sizeOf(result)
      corner[axis === rows ? 0 : 1] = from
      result = withSize(result, axis === rows ? [to - from, width] : [height, to - from])
    } else result = null
  })
  if (result === null || (corner[0] === 0 && corner[1] === 0 && sizeOf(result).join() === sizeOf(state).join()))
    return result
  return cut(result, corner)
}

function cut(state: FrontState, corner: readonly [number, number]): FrontState {
  const before = state.cropped?.corner ?? [0, 0]
  return { ...state, cropped: { corner: [before[0] + corner[0], before[1] + corner[1]] } }
}

const reversed = (state: FrontState): FrontState => ({
  ...state,
  isReversed: !state.isReversed,
  factors: [...state.factors].reverse(),
  shifts: [...state.shifts].reverse(),
})

const gather: Step = (state, node, numbers) => {
  const axis = numbers.call(node, []).integer('axis', 0)
  const indices = valuesOf(numbers.read(node.inputs[1])) ?? []
  if ((axis < 0 ? axis + state.shape.length : axis) !== state.axes.channels) return null
  if (indices.join() === '0,1,2') return state
  return indices.join() === '2,1,0' ? reversed(state) : null
}

const centreCrop: Step = (state, node, numbers) => {
  const wanted = valuesOf(numbers.read(node.inputs[1]))
  const axes = numbers.call(node, []).list('axes') ?? state.shape.map((_, axis) => axis)
  if (wanted?.length !== axes.length) return null
  const target = (axis: number): number =>
    wanted[axes.findIndex((one) => (one < 0 ? one + state.shape.length : one) === axis)] ?? state.shape[axis] ?? 0
  const sizes = sizeOf(state)
  const [height, width] = [target(state.axes.rows), target(state.axes.columns)]
  if (height > sizes[0] || width > sizes[1] || target(state.axes.channels) !== state.shape[state.axes.channels])
    return null
  return cut(withSize(state, [height, width]), [
    Math.floor((sizes[0] - height) / 2),
    Math.floor((sizes[1] - width) / 2),
  ])
}

/** By operator of the standard domain. */
export const frontSteps: Readonly<Record<string, Step>> = {
  Identity: same,
  Dropout: first(same),
  Cast: cast,
  Round: rounded,
  Clip: first(clip),
  Transpose: transpose,
  Unsqueeze: first(unsqueeze),
  Mul: scaling((factor, shift, value) => [factor * value, shift * value]),
  Add: scaling((factor, shift, value) => [factor, shift + value]),
  Div: scaling((factor, shift, value, isFirst) => (isFirst ? [factor / value, shift / value] : null)),
  Sub: scaling((factor, shift, value, isFirst) => (isFirst ? [factor, shift - value] : [-factor, value - shift])),
  DequantizeLinear: first(dequantised),
  Resize: first(resize),
  Slice: first(slice),
  Gather: first(gather),
  CenterCropPad: first(centreCrop),
}
