import { createRandom } from '@graft/network'
import { addTransposed, createMatrix, dot, everyRow, type RowMatrix, timesWeights } from './row-matrix.js'

/** Directions in which rows differ most, and how much. */
export interface Spectrum {
  /** Orthonormal rows. */
  readonly directions: RowMatrix
  /** Mean square of the rows along each. */
  readonly variances: readonly number[]
  /** Mean square of what is left, per direction that is left. */
  readonly rest: number
}

/** Directions that are looked for. */
export const largestCount = 48
/** Products with the matrix; what is found only makes the search shorter, so few are enough. */
const rounds = 3

/**
 * The leading directions of a matrix by subspace iteration, from a start that is always the same; what they are
 * multiplied with has `width` rows at most.
 */
export function spectrumOf(matrix: RowMatrix, width: number): Spectrum {
  const { rows, columns } = matrix
  const count = Math.min(largestCount, rows, columns)
  const random = createRandom(1)
  const all = everyRow(matrix)
  let directions = Float64Array.from({ length: count * columns }, () => random() - 0.5)
  let kept = orthonormalise(directions, count, columns)
  const along = new Float64Array(rows * count)
  for (let round = 0; round < rounds; round++) {
    timesWeights(matrix, all, directions, count, along)
    const next = new Float64Array(count * columns)
    addTransposed(matrix, all, along, count, next)
    directions = next
    kept = orthonormalise(directions, count, columns)
  }
  timesWeights(matrix, all, directions, count, along)
  const variances = new Array<number>(count).fill(0)
  for (let row = 0; row < rows; row++)
    for (let c = 0; c < count; c++) variances[c]! += along[row * count + c]! ** 2 / rows
  const total = dot(matrix.values, 0, matrix.values, 0, matrix.values.length) / rows
  const found = variances.reduce((sum, variance) => sum + variance, 0)
  const left = Math.min(rows, columns) - kept
  const leading = createMatrix(count, columns, { width })
  leading.values.set(directions)
  return { directions: leading, variances, rest: left > 0 ? Math.max(0, total - found) / left : 0 }
}

/** Makes rows orthonormal, in place (Gram-Schmidt, twice); gives the number that are not zero. */
function orthonormalise(values: Float64Array, count: number, columns: number): number {
  let kept = 0
  for (let i = 0; i < count; i++) {
    const start = i * columns
    const length = Math.sqrt(dot(values, start, values, start, columns))
    for (let pass = 0; pass < 2; pass++)
      for (let j = 0; j < i; j++) {
        const share = dot(values, start, values, j * columns, columns)
        for (let k = 0; k < columns; k++) values[start + k]! -= share * values[j * columns + k]!
      }
    const left = Math.sqrt(dot(values, start, values, start, columns))
    const gone = left <= 1e-10 * length || left === 0
    for (let k = 0; k < columns; k++) values[start + k] = gone ? 0 : values[start + k]! / left
    if (!gone) kept++
  }
  return kept
}
