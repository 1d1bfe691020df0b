import { openKernels } from '../matrix/kernels.js'
import type { Metric } from './metric.js'

/** Steps that are remembered. */
const remembered = 12
const bytes = Float64Array.BYTES_PER_ELEMENT

/** What L-BFGS knows of the curvature: its last steps and how the gradient changed along them. */
export interface CurvatureMemory {
  /** Where to go from here: minus the gradient through the inverse of the curvature as far as it is known. */
  direction(gradient: Float64Array): Float64Array
  learn(direction: Float64Array, step: number, before: Float64Array, after: Float64Array): void
}

interface Pair {
  /** Places of the step and of the change of the gradient along it. */
  readonly step: number
  readonly change: number
  readonly product: number
  /** What makes the metric fit the curvature along this step. */
  readonly scale: number
}

/** Nocedal and Wright, Numerical Optimization, algorithm 7.4; `metric` is its starting matrix. */
export function createMemory(size: number, metric: Metric): CurvatureMemory {
  const { numbers, dot, addRow } = openKernels(size * (2 * remembered + 1))
  const vector = (place: number): Float64Array => numbers.subarray(place / bytes, place / bytes + size)
  const at = size * 2 * remembered * bytes
  const result = vector(at)
  const measured = new Float64Array(size)
  const pairs: Pair[] = []
  let learned = 0
  return {
    direction(gradient) {
      for (let k = 0; k < size; k++) result[k] = -gradient[k]!
      const alphas = pairs.map(() => 0)
      for (let i = pairs.length - 1; i >= 0; i--) {
        const { step, change, product } = pairs[i]!
        alphas[i] = dot(step, at, size) / product
        addRow(at, change, -alphas[i]!, size)
      }
      metric.apply(result, pairs.at(-1)?.scale ?? 1)
      pairs.forEach(({ step, change, product }, i) =>
        addRow(at, step, alphas[i]! - dot(change, at, size) / product, size),
      )
      return result
    },
    learn(direction, length, before, after) {
      const step = (learned % remembered) * 2 * size * bytes
      const change = step + size * bytes
      const [steps, changes] = [vector(step), vector(change)]
      for (let k = 0; k < size; k++) {
        steps[k] = length * direction[k]!
        changes[k] = after[k]! - before[k]!
      }
      if (pairs.length === remembered) pairs.shift()
      const product = dot(step, change, size)
      if (!(product > 0)) return
      measured.set(changes)
      metric.apply(measured, 1)
      let length2 = 0
      for (let k = 0; k < size; k++) length2 += changes[k]! * measured[k]!
      pairs.push({ step, change, product, scale: product / length2 })
      learned++
    },
  }
}
