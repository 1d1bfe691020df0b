import type { Tensor4D } from '@tensorflow/tfjs-core'
import type { Reach, Shape, ShapeCall, TensorFlow } from '../../operator.js'
import { shapeError } from './shape-support.js'

/** The sliding window of a convolution or pooling; index 0 is the height, 1 the width. */
export interface Window {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  /** `[top, left, bottom, right]`. */
  readonly pads: readonly number[]
  readonly dilations: readonly number[]
  readonly ceilMode: boolean
}

const at = (list: readonly number[], index: number): number => list[index] ?? 0

/** Pixels the window spans along one axis, holes included. */
export const span = (window: Window, axis: number): number =>
  (at(window.kernel, axis) - 1) * at(window.dilations, axis) + 1

/** What a value behind the window depends on. */
export const windowReach = (window: Window): Reach => ({
  window: { span: [span(window, 0), span(window, 1)], strides: window.strides },
})

/**
 * Window positions along one axis. In ceil mode a last, partly outside window counts only if it starts inside the image
 * or its leading padding.
 */
export function windowPositions(window: Window, axis: number, size: number): number {
  const stride = at(window.strides, axis)
  const room = size + at(window.pads, axis) + at(window.pads, axis + 2) - span(window, axis)
  if (!window.ceilMode) return Math.floor(room / stride) + 1
  const positions = Math.ceil(room / stride) + 1
  return (positions - 1) * stride >= size + at(window.pads, axis) ? positions - 1 : positions
}

/**
 * Output height and width. Throws NetworkError when the attributes are malformed or the window doesn't fit into the
 * padded input.
 */
export function windowOutput(
  call: ShapeCall,
  window: Window,
  height: number,
  width: number,
): readonly [number, number] {
  const wellFormed =
    window.kernel.length === 2 &&
    window.strides.length === 2 &&
    window.dilations.length === 2 &&
    window.pads.length === 4
  const positive =
    [...window.kernel, ...window.strides, ...window.dilations].every((value) => value >= 1) &&
    window.pads.every((value) => value >= 0)
  if (!wellFormed || !positive) {
    throw shapeError(
      call,
      'two-dimensional kernel_shape, strides and dilations of at least 1, and four pads [top, left, bottom, right] of at least 0',
      'Correct these attributes; one- and three-dimensional windows are not supported.',
    )
  }
  const output = [windowPositions(window, 0, height), windowPositions(window, 1, width)] as const
  if (output[0] >= 1 && output[1] >= 1) return output
  throw shapeError(
    call,
    `at least ${span(window, 0)} x ${span(window, 1)} pixels after padding, it has ${height} x ${width} and pads [${window.pads.join(', ')}]`,
    'Use larger images, or cut the network at an earlier stage.',
  )
}

/**
 * Prepares a channels-last map for TensorFlow's own windows: 'valid' or 'same' where that means the same, explicit
 * padding otherwise. Numeric and explicit pads of tf.* are avoided because the native backend and several gradient
 * kernels refuse them.
 */
export function padForWindow(
  tf: TensorFlow,
  input: Tensor4D,
  window: Window,
  value: number,
): { readonly input: Tensor4D; readonly padding: 'valid' | 'same' } {
  const sizes = [input.shape[1], input.shape[2]]
  const reach = sizes.map((size, axis) => reachBeyond(window, axis, size))
  const before = [at(window.pads, 0), at(window.pads, 1)]
  if (before.every((pad) => pad === 0) && reach.every((total) => total <= 0)) return { input, padding: 'valid' }
  const isSame = sizes.every(
    (size, axis) =>
      windowPositions(window, axis, size) === Math.ceil(size / at(window.strides, axis)) &&
      at(before, axis) === Math.floor(Math.max(0, at(reach, axis)) / 2),
  )
  if (isSame) return { input, padding: 'same' }
  return { input: padExplicitly(tf, input, window, value), padding: 'valid' }
}

/** Pads a channels-last map in front as the window asks, and behind as far as its last position reaches. */
export function padExplicitly(tf: TensorFlow, input: Tensor4D, window: Window, value: number): Tensor4D {
  const [rows, columns] = [input.shape[1], input.shape[2]].map((size, axis): [number, number] => {
    const before = at(window.pads, axis)
    return [before, Math.max(0, reachBeyond(window, axis, size) - before)]
  }) as [[number, number], [number, number]]
  const isNeeded = [...rows, ...columns].some((amount) => amount > 0)
  return isNeeded ? (tf.pad(input, [[0, 0], rows, columns, [0, 0]], value) as Tensor4D) : input
}

/**
 * Padding that all positions of the window use in front and behind together; negative where trailing entries go unused.
 */
const reachBeyond = (window: Window, axis: number, size: number): number =>
  (windowPositions(window, axis, size) - 1) * at(window.strides, axis) + span(window, axis) - size

/** `[n, channels, height, width]` after a window. */
export function windowShape(call: ShapeCall, window: Window, input: Shape, channels: number): Shape {
  const [batch = 1, , height = 1, width = 1] = input
  return [batch, channels, ...windowOutput(call, window, height, width)]
}
