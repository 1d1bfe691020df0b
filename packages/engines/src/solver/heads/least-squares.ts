import type { RegressionSpace } from '../features/regression-space.js'
import type { RowMatrix } from '../matrix/row-matrix.js'
import { createSquare, solveTridiagonal, tridiagonalise } from '../matrix/tridiagonal.js'

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
  { matrix, byPairs }: Pick<RegressionSpace, 'matrix' | 'byPairs'>,
  rows: Int32Array,
  targets: Float64Array,
  classes: number,
  penalties: readonly number[],
  views: number,
): Regressions {
  const { columns } = matrix
  const center = meanOf(matrix.values, columns, rows)
  const level = meanOf(targets, classes, rows)
  const { square, products, places } = byPairs
    ? normalByPairs(matrix, rows, center, targets, level)
    : normalByColumns(matrix, rows, center, targets, level)
  const size = square.rows
  const reduced = tridiagonalise(square)
  reduced.turn(products)
  const spread = spreadOf(targets, classes, rows, level)
  const solved = penalties.map((penalty) => solveTridiagonal(reduced, penalty, products))
  return {
    evidence: solved.map(({ solution, logDeterminant }, index) => {
      const penalty = penalties[index]!
      const along = solution.reduce((sum, value, place) => sum + value * products[place]!, 0)
      const unexplained = byPairs ? penalty * along : spread - along
      // What is left must not fall to nothing: by rounding, or where all rows are of one class.
      const left = Math.max(unexplained, spread * 1e-9, Number.MIN_VALUE)
      return -((rows.length / views - 1) * Math.log(left) + logDeterminant - size * Math.log(penalty)) / 2
    }),
    mean(shares) {
      const sum = new Float64Array(size * classes)
      solved.forEach(({ solution }, index) => {
        for (let place = 0; place < sum.length; place++) sum[place]! += shares[index]! * solution[place]!
      })
      reduced.turnBack(sum)
      const weight = new Float64Array(classes * columns)
      for (let c = 0; c < classes; c++)
        for (let k = 0; k < size; k++) weight[c * columns + places[k]!] = sum[c * size + k]!
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
export function regressionPenalties(square: number): readonly number[] {
  return Array.from({ length: 13 }, (_, index) => (square || 1) * 10 ** (1 - index / 2))
}

/** A symmetric system to be solved under penalties. */
interface Normal {
  /** Its lower triangle. */
  readonly square: RowMatrix
  /** Right sides, `[classes, size]`. */
  readonly products: Float64Array
  /** Columns of the matrix that the unknowns are weights of. */
  readonly places: Int32Array
}

/** The rows that are learned from, of a matrix of products or of features, and its means over them; targets and theirs. */
type MakeNormal = (
  matrix: RowMatrix,
  rows: Int32Array,
  center: Float64Array,
  targets: Float64Array,
  level: Float64Array,
) => Normal

/** By the rows that are learned from: products of all pairs of them less their means, and the targets less theirs. */
const normalByPairs: MakeNormal = ({ columns, values }, rows, center, targets, level) => {
  const size = rows.length
  const square = createSquare(size)
  const all = rows.reduce((sum, row) => sum + center[row]!, 0) / size
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++)
      square.values[i * size + j] = values[rows[i]! * columns + rows[j]!]! - center[rows[i]!]! - center[rows[j]!]! + all
  const classes = level.length
  const products = new Float64Array(classes * size)
  for (let c = 0; c < classes; c++)
    for (let i = 0; i < size; i++) products[c * size + i] = targets[rows[i]! * classes + c]! - level[c]!
  return { square, products, places: rows }
}

/** By columns: sums of products of the columns less their means, with each other and with the targets less theirs. */
const normalByColumns: MakeNormal = ({ columns, values }, rows, center, targets, level) => {
  const classes = level.length
  const square = createSquare(columns)
  const { values: scatter, kernels } = square
  const bytes = scatter.BYTES_PER_ELEMENT
  const spare = columns * columns
  const products = new Float64Array(classes * columns)
  for (const row of rows) {
    // Loops are compiled for numbers of one memory.
    kernels.numbers.set(values.subarray(row * columns, (row + 1) * columns), spare)
    for (let i = 0; i < columns; i++) {
      const value = values[row * columns + i]!
      if (value === 0) continue
      kernels.addRow(i * columns * bytes, spare * bytes, value, i + 1)
      for (let c = 0; c < classes; c++) products[c * columns + i]! += value * (targets[row * classes + c]! - level[c]!)
    }
  }
  for (let i = 0; i < columns; i++)
    for (let j = 0; j <= i; j++) scatter[i * columns + j]! -= rows.length * center[i]! * center[j]!
  return { square, products, places: Int32Array.from({ length: columns }, (_, k) => k) }
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
