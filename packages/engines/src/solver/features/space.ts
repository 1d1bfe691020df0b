import { choleskyInPlace, solveTransposed } from '../matrix/cholesky.js'
import { createMatrix, type RowMatrix } from '../matrix/row-matrix.js'
import { largestCount, type Spectrum, spectrumOf } from '../matrix/spectrum.js'
import { addGrams, type FeatureGroup, fromSamples, gramsOf, scaled, withGains } from './gains.js'

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
  const grams = gramsOf(features, groups)
  return {
    open(gains) {
      const matrix = createMatrix(rows, rows, { width, triangular: true })
      addGrams(grams, gains, matrix.values)
      choleskyInPlace(matrix)
      return { matrix, spectrum: spectrumOf(matrix, width), toFeatures }

      function toFeatures(weights: Float64Array): Float64Array {
        const byClass = weights.slice(0, classes * rows)
        for (let c = 0; c < classes; c++) solveTransposed(matrix, byClass, c * rows)
        return fromSamples(features, groups, gains, byClass)
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
  const { columns } = features
  const matrix = withGains(features, groups, gains, width)
  return {
    matrix,
    spectrum: spectrumOf(matrix, width),
    toFeatures: (weights) => scaled(weights.slice(0, classes * columns), groups, gains, columns),
  }
}
