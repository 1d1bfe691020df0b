import type { RowMatrix } from '../matrix/row-matrix.js'
import type { Spectrum } from '../matrix/spectrum.js'

/**
 * The loss of a number of rows as a function of their logits `[rows, classes]`, convex; writes its gradient by the
 * logits where one is wanted. Means, class weights and smoothing are inside.
 */
export type RowLoss = (logits: Float64Array, gradient: Float64Array) => number

export interface LogisticProblem {
  readonly matrix: RowMatrix
  /** Rows of the matrix that count. */
  readonly rows: Int32Array
  readonly classes: number
  readonly loss: RowLoss
  /** Multiplies half the squared weights; biases are free. Above 0. */
  readonly penalty: number
  /** About the second derivative of the loss by a logit. */
  readonly curvature: number
  /** Directions in which the rows of the matrix differ; makes the search shorter, changes nothing else. */
  readonly spectrum: Spectrum
}
