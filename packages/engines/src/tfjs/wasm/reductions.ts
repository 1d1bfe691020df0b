import type { Tensor } from '@tensorflow/tfjs-core'
import type { SuppliedKernel } from './kernel.js'
import { computeInMemory, countOf } from './memory.js'

/** Rows added up in registers before they join the totals. */
const block = 32

/**
 * Sums over axes that are not the last: added in double precision, without the transposition that the backend does
 * first.
 */
export const sum: SuppliedKernel = reduction('Sum', () => 1)

/**
 * Means over axes that are not the last, likewise: batch statistics, gradients of biases and scales, global pooling.
 */
export const mean: SuppliedKernel = reduction('Mean', (count) => 1 / count)

function reduction(name: string, factor: (count: number) => number): SuppliedKernel {
  return {
    name,
    mode: 'replaces',
    compute: (tf, inputs, attributes, original) => {
      const x = inputs['x'] as Tensor
      const axes = tf.util.parseAxisParam(attributes['axis'] as number | number[], [...x.shape]).sort((a, b) => a - b)
      const first = axes[0] ?? 0
      const last = axes.at(-1) ?? 0
      const neighbours = last - first === axes.length - 1
      const inner = countOf(x.shape.slice(last + 1))
      if (x.dtype !== 'float32' || axes.length === 0 || !neighbours || inner === 1 || x.size === 0) return original()
      const outer = countOf(x.shape.slice(0, first))
      const rows = x.size / outer / inner
      const shape =
        attributes['keepDims'] === true
          ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
          : x.shape.filter((_, axis) => !axes.includes(axis))
      return computeInMemory(tf, [x], shape, (output, source) =>
        addRows(source as Float32Array, output, outer, rows, inner, factor(rows)),
      )
    },
  }
}

function addRows(
  source: Float32Array,
  target: Float32Array,
  outer: number,
  rows: number,
  columns: number,
  factor: number,
): void {
  const totals = new Float64Array(columns)
  for (let part = 0; part < outer; part++) {
    totals.fill(0)
    const start = part * rows * columns
    for (let top = 0; top < rows; top += block)
      addBlock(source, totals, start + top * columns, start + Math.min(rows, top + block) * columns)
    for (let column = 0; column < columns; column++)
      target[part * columns + column] = (totals[column] as number) * factor
  }
}

function addBlock(source: Float32Array, totals: Float64Array, start: number, end: number): void {
  const columns = totals.length
  for (let column = 0; column < columns; column++) {
    let total = 0
    for (let read = start + column; read < end; read += columns) total += source[read] as number
    totals[column] = (totals[column] as number) + total
  }
}
