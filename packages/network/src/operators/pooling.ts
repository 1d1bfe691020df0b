import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import type { ForwardCall, Operator, ShapeCall, TensorFlow } from '../operator.js'
import { flagAttribute, listAttribute } from './attributes.js'
import { featureMap } from './shape-support.js'
import { strideAlong } from './slicing.js'
import { channelsLastValue, firstMap } from './value-support.js'
import { padForWindow, windowPositions, windowShape } from './windows.js'
import type { Window } from './windows.js'

/** Maximum over a sliding window; padding never wins. */
export const maxPool: Operator = {
  name: 'MaxPool',
  parameters: {},
  arity: 1,
  attributes: { kernel_shape: null, strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], ceil_mode: 0 },
  shape: (call) => poolShape(call, poolWindow(call, listAttribute(call, 'dilations'))),
  forward: (call) => {
    const window = poolWindow(call, listAttribute(call, 'dilations'))
    const { input, padding } = padForWindow(call.tf, firstMap(call), window, -Infinity)
    const dilated = window.dilations.some((dilation) => dilation > 1)
    return channelsLastValue(dilated ? dilatedMaximum(call, window) : call.tf.maxPool(input, window.kernel as [number, number], window.strides as [number, number], padding))
  },
}

/** Mean over a sliding window. `count_include_pad` decides whether padding counts in the divisor; positions beyond it (ceil_mode) never do. */
export const averagePool: Operator = {
  name: 'AveragePool',
  parameters: {},
  arity: 1,
  attributes: { kernel_shape: null, strides: [1, 1], pads: [0, 0, 0, 0], ceil_mode: 0, count_include_pad: 0 },
  shape: (call) => poolShape(call, poolWindow(call, [1, 1])),
  forward: (call) => {
    const { tf } = call
    const window = poolWindow(call, [1, 1])
    const map = firstMap(call)
    const { input } = padForWindow(tf, map, window, 0)
    const padded = input === map ? zeroPad(tf, map, window) : input
    const mean = tf.avgPool(padded, window.kernel as [number, number], window.strides as [number, number], 'valid')
    const correction = divisorCorrection(window, map.shape[1], map.shape[2], flagAttribute(call, 'count_include_pad'))
    return channelsLastValue(correction === null ? mean : tf.mul(mean, tf.tensor4d(correction, [1, mean.shape[1], mean.shape[2], 1])))
  },
}

function poolWindow(call: Pick<ShapeCall, 'layer' | 'attributes'>, dilations: readonly number[]): Window {
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

/** Where 'same' padding would do, tf.avgPool would leave the padding out of the mean by its own rule: pad explicitly instead. */
function zeroPad(tf: TensorFlow, map: Tensor4D, window: Window): Tensor4D {
  const amounts = [map.shape[1], map.shape[2]].map((size, axis): [number, number] => {
    const before = window.pads[axis] ?? 0
    const reach = (windowPositions(window, axis, size) - 1) * (window.strides[axis] ?? 1) + (window.kernel[axis] ?? 1)
    return [before, Math.max(0, reach - size - before)]
  })
  if (amounts.every(([before, after]) => before === 0 && after === 0)) return map
  return tf.pad(map, [[0, 0], ...amounts, [0, 0]] as [number, number][]) as Tensor4D
}

/** Kernel area over the number of counted positions, row by row; null where every window counts fully. */
function divisorCorrection(window: Window, height: number, width: number, includePad: boolean): number[] | null {
  const [rows, columns] = [height, width].map((size, axis) => countedPositions(window, axis, size, includePad)) as [number[], number[]]
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
function dilatedMaximum(call: ForwardCall, window: Window): Tensor {
  const { tf } = call
  const map = firstMap(call)
  const positions = [1, 2].map((axis) => windowPositions(window, axis - 1, map.shape[axis as 1 | 2]))
  const [rows = 1, columns = 1] = positions
  const padded = tf.pad(map, [[0, 0], ...[0, 1].map((axis): [number, number] => [window.pads[axis] ?? 0, reachAfter(window, axis, map.shape[axis + 1] ?? 1)]), [0, 0]] as [number, number][], -Infinity)
  const views: Tensor[] = []
  for (let row = 0; row < (window.kernel[0] ?? 1); row++) {
    const strip = strideAlong(tf, padded, 1, row * (window.dilations[0] ?? 1), window.strides[0] ?? 1, rows)
    for (let column = 0; column < (window.kernel[1] ?? 1); column++) {
      views.push(strideAlong(tf, strip, 2, column * (window.dilations[1] ?? 1), window.strides[1] ?? 1, columns))
    }
  }
  return views.reduce((largest, view) => tf.maximum(largest, view))
}

function reachAfter(window: Window, axis: number, size: number): number {
  const reach = (windowPositions(window, axis, size) - 1) * (window.strides[axis] ?? 1) + ((window.kernel[axis] ?? 1) - 1) * (window.dilations[axis] ?? 1) + 1
  return Math.max(0, reach - size - (window.pads[axis] ?? 0))
}
