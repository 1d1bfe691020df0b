import { createMatrix, type RowMatrix } from '../matrix/row-matrix.js'
import type { FeatureGroup } from './gains.js'

/** Mean of every feature over the samples, and what it is divided by; 0 for a feature that is the same everywhere. */
export interface Standard {
  readonly means: Float64Array
  readonly deviations: Float64Array
}

export interface StandardOptions {
  /** Columns of one kind. */
  readonly groups: readonly FeatureGroup[]
  /**
   * 0: every feature is divided by its standard deviation (of the population, as scikit-learn's StandardScaler). Above:
   * by the root of its variance plus that of so many times its group's mean deviation, so that features that hardly
   * ever differ, as those of rare patterns among few samples, don't become as large as the others.
   */
  readonly softness: number
}

/** Dead and rare features, of which a pre-trained network has many, stay as small as they are next to their stage's mean. */
export const usualSoftness = 1

/** A spread below this share of the mean is rounding. */
const rounding = 1e-7

/** Means of the columns of `[rows, columns]`, and what they are to be divided by. */
export function measureStandard(
  values: ArrayLike<number>,
  rows: number,
  columns: number,
  { groups, softness }: StandardOptions,
): Standard {
  const means = new Float64Array(columns)
  const squares = new Float64Array(columns)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) means[column]! += values[row * columns + column]! / rows
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      squares[column]! += (values[row * columns + column]! - means[column]!) ** 2 / rows
  const deviations = squares.map((square, column) => {
    const deviation = Math.sqrt(square)
    return deviation > rounding * Math.abs(means[column]!) ? deviation : 0
  })
  for (const { from, to } of groups) soften(deviations.subarray(from, to), softness)
  return { means, deviations }
}

/** In place; zeros stay. */
function soften(deviations: Float64Array, softness: number): void {
  const mean = deviations.reduce((sum, deviation) => sum + deviation, 0) / deviations.length
  for (let k = 0; k < deviations.length; k++)
    if (deviations[k] !== 0) deviations[k] = Math.hypot(deviations[k]!, softness * mean)
}

/** The values less their means, divided; constant columns become 0. `width` columns can be multiplied with it. */
export function standardised(
  values: ArrayLike<number>,
  rows: number,
  { means, deviations }: Standard,
  width: number,
): RowMatrix {
  const columns = means.length
  const matrix = createMatrix(rows, columns, { width, extra: rows < columns ? rows * rows : 0 })
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const deviation = deviations[column]!
      const value = values[row * columns + column]! - means[column]!
      matrix.values[row * columns + column] = deviation === 0 ? 0 : value / deviation
    }
  return matrix
}
