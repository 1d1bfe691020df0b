import { createMatrix, type RowMatrix } from '../matrix/row-matrix.js'
import { addGrams, type FeatureGroup, fromSamples, gramsOf, scaled, withGains } from './gains.js'

/** Where regressions are solved, and how their weights become those of features. */
export interface RegressionSpace {
  /**
   * What weights are multiplied with, one row per sample: the features times their gains or, with `byPairs`, the scalar
   * products of all pairs of samples, where a weight stands for a sample that was learned from.
   */
  readonly matrix: RowMatrix
  readonly byPairs: boolean
  /** Mean square of the features of a sample. */
  readonly square: number
  /** `[classes, features]` for the features before their gains, from weights `[classes, matrix.columns]`. */
  toFeatures(weights: Float64Array): Float64Array
}

/**
 * The features as they are; where there are more of them than samples, the scalar products of the samples, which is all
 * that a regression has to know: what it takes then grows with the samples that are learned from, not with all there are.
 */
export function createRegressionSpaces(
  features: RowMatrix,
  groups: readonly FeatureGroup[],
  classes: number,
): { open(gains: readonly number[]): RegressionSpace } {
  const { rows, columns } = features
  if (rows >= columns)
    return {
      open(gains) {
        const matrix = withGains(features, groups, gains, classes)
        const square = matrix.values.reduce((sum, value) => sum + value * value, 0) / rows
        return {
          matrix,
          byPairs: false,
          square,
          toFeatures: (weights) => scaled(weights.slice(), groups, gains, columns),
        }
      },
    }
  const grams = gramsOf(features, groups)
  return {
    open(gains) {
      const matrix = createMatrix(rows, rows, { width: classes })
      addGrams(grams, gains, matrix.values)
      let trace = 0
      for (let i = 0; i < rows; i++) {
        trace += matrix.values[i * rows + i]!
        for (let j = 0; j < i; j++) matrix.values[j * rows + i] = matrix.values[i * rows + j]!
      }
      const toFeatures = (weights: Float64Array): Float64Array => fromSamples(features, groups, gains, weights)
      return { matrix, byPairs: true, square: trace / rows, toFeatures }
    },
  }
}
