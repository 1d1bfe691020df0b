import { choleskyInPlace, solveTransposed } from '../matrix/cholesky.js'
import { gramOf } from '../matrix/gram.js'
import { addTransposed, createMatrix, everyRow, type RowMatrix } from '../matrix/row-matrix.js'
import { largestCount, type Spectrum, spectrumOf } from '../matrix/spectrum.js'

/**
 * Where the head is solved: `matrix` has one row per sample, and a head there has the same logits and the same penalty
 * as the head on the features that `toFeatures` gives.
 */
export interface Space {
  readonly matrix: RowMatrix
  readonly spectrum: Spectrum
  /** `[classes, features]` for the features before their gains, from weights `[classes, matrix.columns]`. */
  toFeatures(weights: Float64Array): Float64Array
}

/** Columns `from` to `to` that get the same gain. */
export interface FeatureGroup {
  readonly from: number
  readonly to: number
}

/** Standardised features, from which spaces with different gains are made without going through them again. */
export interface SpaceMaker {
  /** The space of the features times the gain of their group. */
  open(gains: readonly number[]): Space
}

/**
 * The features as they are; where there are more of them than samples, the samples' own coordinates: with
 * `X Xᵀ = L Lᵀ` the rows of `L` have the same lengths and angles as those of `X`, and are shorter.
 */
export function createSpaces(features: RowMatrix, groups: readonly FeatureGroup[], classes: number): SpaceMaker {
  const width = Math.max(classes, largestCount)
  const { rows, columns } = features
  if (rows >= columns) return { open: (gains) => plainSpace(features, groups, gains, width, classes) }
  const grams = groups.map(({ from, to }) => Float64Array.from(gramOf(features, from, to)))
  return {
    open(gains) {
      const matrix = createMatrix(rows, rows, { width, triangular: true })
      grams.forEach((gram, group) => {
        const factor = (gains[group] ?? 1) ** 2
        for (let k = 0; k < gram.length; k++) matrix.values[k]! += factor * gram[k]!
      })
      choleskyInPlace(matrix)
      return { matrix, spectrum: spectrumOf(matrix, width), toFeatures }

      function toFeatures(weights: Float64Array): Float64Array {
        const byClass = weights.slice(0, classes * rows)
        for (let c = 0; c < classes; c++) solveTransposed(matrix, byClass, c * rows)
        const bySample = new Float64Array(byClass.length)
        for (let c = 0; c < classes; c++)
          for (let row = 0; row < rows; row++) bySample[row * classes + c] = byClass[c * rows + row]!
        const result = new Float64Array(classes * columns)
        addTransposed(features, everyRow(features), bySample, classes, result)
        // Once for the features that made the rows of the matrix, once for those that the weights are for.
        return scaled(scaled(result, groups, gains, columns), groups, gains, columns)
      }
    },
  }
}

function plainSpace(
  features: RowMatrix,
  groups: readonly FeatureGroup[],
  gains: readonly number[],
  width: number,
  classes: number,
): Space {
  const { rows, columns } = features
  const same = gains.every((gain) => gain === 1)
  const matrix = same ? features : createMatrix(rows, columns, { width })
  if (!same) matrix.values.set(scaled(features.values.slice(), groups, gains, columns))
  return {
    matrix,
    spectrum: spectrumOf(matrix, width),
    toFeatures: (weights) => scaled(weights.slice(0, classes * columns), groups, gains, columns),
  }
}

/** Rows `[n, columns]` with each group's columns times its gain, in place. */
function scaled(
  values: Float64Array,
  groups: readonly FeatureGroup[],
  gains: readonly number[],
  columns: number,
): Float64Array {
  for (let start = 0; start < values.length; start += columns)
    groups.forEach(({ from, to }, group) => {
      for (let k = from; k < to; k++) values[start + k]! *= gains[group] ?? 1
    })
  return values
}
