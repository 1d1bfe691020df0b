import type { RowMatrix } from '../matrix/row-matrix.js'
import { solveTridiagonal, tridiagonalise } from '../matrix/tridiagonal.js'

/** Regressions of the same rows under several penalties, from the same decomposition. */
export interface Regressions {
  /** Logarithm of how well each penalty explains the targets, by one target; up to what all of them share. */
  readonly evidence: readonly number[]
  /** Weights `[classes, columns]` and biases of their mean, by a share for each penalty. */
  mean(shares: readonly number[]): { readonly weight: Float64Array; readonly bias: Float64Array }
}

/**
 * Least squares with squared weights penalised and biases free, for targets `[all rows, classes]`: the mean of a Gaussian
 * process with a linear kernel, whose evidence tells how much each penalty is to be believed (MacKay 1992). The noise's
 * size is the likeliest one. Classes count once together, since what one of them misses another one gets; so do the
 * `views` of an image, each of them a row.
 */
export function regress(
  matrix: RowMatrix,
  rows: Int32Array,
  targets: Float64Array,
  classes: number,
  penalties: readonly number[],
  views: number,
): Regressions {
  const { columns } = matrix
  const center = meanOf(matrix.values, columns, rows)
  const level = meanOf(targets, classes, rows)
  const reduced = tridiagonalise(scatterOf(matrix, rows, center), columns)
  const products = productsWith(matrix, rows, targets, classes, level)
  reduced.turn(products, classes)
  const spread = spreadOf(targets, classes, rows, level)
  const solved = penalties.map((penalty) => solveTridiagonal(reduced, penalty, products, classes))
  return {
    evidence: solved.map(({ solution, logDeterminant }, index) => {
      const explained = solution.reduce((sum, value, place) => sum + value * products[place]!, 0)
      // What is left must not fall to nothing: by rounding, or where all rows are of one class.
      const left = Math.max(spread - explained, spread * 1e-9, Number.MIN_VALUE)
      return -((rows.length / views - 1) * Math.log(left) + logDeterminant - columns * Math.log(penalties[index]!)) / 2
    }),
    mean(shares) {
      const sum = new Float64Array(columns * classes)
      solved.forEach(({ solution }, index) => {
        for (let place = 0; place < sum.length; place++) sum[place]! += shares[index]! * solution[place]!
      })
      reduced.turnBack(sum, classes)
      const weight = Float64Array.from(
        sum,
        (_, place) => sum[(place % columns) * classes + Math.floor(place / columns)]!,
      )
      const total = shares.reduce((all, share) => all + share, 0)
      const bias = level.map((value, c) => {
        let along = 0
        for (let k = 0; k < columns; k++) along += weight[c * columns + k]! * center[k]!
        return total * value - along
      })
      return { weight, bias }
    },
  }
}

/** From one that leaves little but the mean to one that hardly counts, in equal ratios, by the mean square of a row. */
export function regressionPenalties(matrix: RowMatrix): readonly number[] {
  const square = matrix.values.reduce((sum, value) => sum + value * value, 0) / matrix.rows || 1
  return Array.from({ length: 13 }, (_, index) => square * 10 ** (1 - index / 2))
}

function meanOf(values: Float64Array, width: number, rows: Int32Array): Float64Array {
  const mean = new Float64Array(width)
  for (const row of rows) for (let k = 0; k < width; k++) mean[k]! += values[row * width + k]! / rows.length
  return mean
}

function spreadOf(targets: Float64Array, classes: number, rows: Int32Array, level: Float64Array): number {
  let sum = 0
  for (const row of rows) for (let c = 0; c < classes; c++) sum += (targets[row * classes + c]! - level[c]!) ** 2
  return sum
}

/** Sums of products of the columns less their means, in the lower triangle of `[columns, columns]`. */
function scatterOf(matrix: RowMatrix, rows: Int32Array, center: Float64Array): Float64Array {
  const { columns, values, triangular } = matrix
  const scatter = new Float64Array(columns * columns)
  for (const row of rows) {
    const used = triangular ? row + 1 : columns
    const at = row * columns
    for (let i = 0; i < used; i++) {
      const value = values[at + i]!
      const out = i * columns
      if (value !== 0) for (let j = 0; j <= i; j++) scatter[out + j]! += value * values[at + j]!
    }
  }
  for (let i = 0; i < columns; i++)
    for (let j = 0; j <= i; j++) scatter[i * columns + j]! -= rows.length * center[i]! * center[j]!
  return scatter
}

/** `[columns, classes]`: sums of products of the columns with the targets less their means. */
function productsWith(
  { columns, values }: RowMatrix,
  rows: Int32Array,
  targets: Float64Array,
  classes: number,
  level: Float64Array,
): Float64Array {
  const products = new Float64Array(columns * classes)
  for (const row of rows)
    for (let k = 0; k < columns; k++) {
      const value = values[row * columns + k]!
      if (value === 0) continue
      for (let c = 0; c < classes; c++) products[k * classes + c]! += value * (targets[row * classes + c]! - level[c]!)
    }
  return products
}
