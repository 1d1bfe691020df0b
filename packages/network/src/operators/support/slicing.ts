import type { Tensor } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '../../operator.js'
import { elementCount } from './shape-support.js'

/** `count` entries along one axis from `start`. */
export function sliceAlong(tf: TensorFlow, tensor: Tensor, axis: number, start: number, count: number): Tensor {
  if (start === 0 && count === tensor.shape[axis]) return tensor
  const begin = tensor.shape.map((_, index) => (index === axis ? start : 0))
  const size = tensor.shape.map((length, index) => (index === axis ? count : length))
  return tf.slice(tensor, begin, size)
}

/**
 * Every `step`-th of the entries along one axis, `count` of them. tf.stridedSlice has no gradient, so: cut into runs of
 * `step`, keep the first of each.
 */
export function strideAlong(
  tf: TensorFlow,
  tensor: Tensor,
  axis: number,
  start: number,
  step: number,
  count: number,
): Tensor {
  if (step === 1) return sliceAlong(tf, tensor, axis, start, count)
  const available = Math.min(count * step, (tensor.shape[axis] ?? 0) - start)
  const outer = elementCount(tensor.shape.slice(0, axis))
  const inner = elementCount(tensor.shape.slice(axis + 1))
  const entries = tf.reshape(sliceAlong(tf, tensor, axis, start, available), [outer, available, inner])
  const missing = count * step - available
  const full = missing > 0 ? tf.concat([entries, tf.zeros([outer, missing, inner])], 1) : entries
  const firsts = tf.slice(tf.reshape(full, [outer, count, step, inner]), [0, 0, 0, 0], [outer, count, 1, inner])
  return tf.reshape(firsts, [...tensor.shape.slice(0, axis), count, ...tensor.shape.slice(axis + 1)])
}

/**
 * Entries `indices` along one axis, in that order. Slices and a concatenation instead of tf.gather, whose gradient
 * needs UnsortedSegmentSum, which the wasm backend lacks.
 */
export function selectAlong(tf: TensorFlow, tensor: Tensor, axis: number, indices: readonly number[]): Tensor {
  const runs: { start: number; count: number }[] = []
  for (const index of indices) {
    const run = runs.at(-1)
    if (run !== undefined && run.start + run.count === index) run.count++
    else runs.push({ start: index, count: 1 })
  }
  const parts = runs.map(({ start, count }) => sliceAlong(tf, tensor, axis, start, count))
  return parts.length === 1 ? (parts[0] as Tensor) : tf.concat(parts, axis)
}
