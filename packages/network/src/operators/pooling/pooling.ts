import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import type { Operator, ShapeCall, TensorFlow } from '../../operator.js'
import { type AttributedCall, flagAttribute, listAttribute } from '../support/attributes.js'
import { featureMap } from '../support/shape-support.js'
import { strideAlong } from '../support/slicing.js'
import { channelsLastValue, firstMap } from '../support/value-support.js'
import { padExplicitly, padForWindow, windowPositions, windowReach, windowShape } from '../support/windows.js'
import type { Window } from '../support/windows.js'

/** Maximum over a sliding window; padding never wins. */
export const maxPool: Operator = {
  name: 'MaxPool',
  parameters: {},
  arity: 1,
  attributes: { kernel_shape: null, strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], ceil_mode: 0 },
  pools: true,
  shape: (call) => poolShape(call, poolWindow(call, listAttribute(call, 'dilations'))),
  reach: (call) => windowReach(poolWindow(call, listAttribute(call, 'dilations'))),
  forward: (call) => {
    const window = poolWindow(call, listAttribute(call, 'dilations'))
    const map = firstMap(call)
    if (window.dilations.some((dilation) => dilation > 1))
      return channelsLastValue(dilatedMaximum(call.tf, map, window))
    const { input, padding } = padForWindow(call.tf, map, window, -Infinity)
    return channelsLastValue(
      call.tf.maxPool(input, window.kernel as [number, number], window.strides as [number, number], padding),
    )
  },
}

/**
 * Mean over a sliding window. `count_include_pad` decides whether padding counts in the divisor; positions beyond it
 * (ceil_mode) never do.
 */
export const averagePool: Operator = {
  name: 'AveragePool',
  parameters: {},
  arity: 1,
  attributes: { kernel_shape: null, strides: [1, 1], pads: [0, 0, 0, 0], ceil_mode: 0, count_include_pad: 0 },
  pools: true,
  shape: (call) => poolShape(call, poolWindow(call, [1, 1])),
  reach: (call) => windowReach(poolWindow(call, [1, 1])),
  forward: (call) => {
    const { tf } = call
    const window = poolWindow(call, [1, 1])
    const map = firstMap(call)
    // Explicit padding, because tf's own 'same' leaves the padding out of the mean by its own rule.
    const mean = tf.avgPool(
      padExplicitly(tf, map, window, 0),
      window.kernel as [number, number],
      window.strides as [number, number],
      'valid',
    )
    const correction = averageCorrection(call, map.shape[1], map.shape[2])
    return channelsLastValue(
      correction === null ? mean : tf.mul(mean, tf.tensor4d(correction, [1, mean.shape[1], mean.shape[2], 1])),
    )
  },
}

function poolWindow(call: AttributedCall, dilations: readonly number[]): Window {
  return {
    kernel: listAttribute(call, 'kernel_shape'),
    strides: listAttribute(call, 'strides'),
    pads: listAttribute(call, 'pads'),
    dilations,
    ceilMode: flagAttribute(call, 'ceil_mode'),
  }
}

function poolShape(call: ShapeCall, window: Window): readonly number[] {
  const input = featureMap(call)
  return windowShape(call, window, input, input[1])
}

/** An average pooling's correction of its divisor, for an input of this height and width; see `divisorCorrection`. */
export const averageCorrection = (call: AttributedCall, height: number, width: number): number[] | null =>
  divisorCorrection(poolWindow(call, [1, 1]), height, width, flagAttribute(call, 'count_include_pad'))

/** Kernel area over the number of counted positions, row by row; null where every window counts fully. */
function divisorCorrection(window: Window, height: number, width: number, includePad: boolean): number[] | null {
  const [rows, columns] = [height, width].map((size, axis) => countedPositions(window, axis, size, includePad)) as [
    number[],
    number[],
  ]
  const area = (window.kernel[0] ?? 1) * (window.kernel[1] ?? 1)
  const correction = rows.flatMap((tall) => columns.map((wide) => area / (tall * wide)))
  return correction.every((factor) => factor === 1) ? null : correction
}

function countedPositions(window: Window, axis: number, size: number, includePad: boolean): number[] {
  const [before, after] = [window.pads[axis] ?? 0, window.pads[axis + 2] ?? 0]
  const [from, to] = includePad ? [-before, size + after] : [0, size]
  return Array.from({ length: windowPositions(window, axis, size) }, (_, position) => {
    const start = position * (window.strides[axis] ?? 1) - before
    return Math.min(start + (window.kernel[axis] ?? 1), to) - Math.max(start, from)
  })
}

/** tf.maxPool can't dilate: the maximum of one strided view per kernel position. */
function dilatedMaximum(tf: TensorFlow, map: Tensor4D, window: Window): Tensor {
  const positions = [map.shape[1], map.shape[2]].map((size, axis) => windowPositions(window, axis, size))
  const padded = padExplicitly(tf, map, window, -Infinity)
  const view = (tensor: Tensor, axis: 0 | 1, offset: number): Tensor =>
    strideAlong(
      tf,
      tensor,
      axis + 1,
      offset * (window.dilations[axis] ?? 1),
      window.strides[axis] ?? 1,
      positions[axis] ?? 1,
    )
  const offsets = (axis: 0 | 1): number[] => Array.from({ length: window.kernel[axis] ?? 1 }, (_, offset) => offset)
  const views = offsets(0).flatMap((row) => {
    const strip = view(padded, 0, row)
    return offsets(1).map((column) => view(strip, 1, column))
  })
  return views.reduce((largest, other) => tf.maximum(largest, other))
}
