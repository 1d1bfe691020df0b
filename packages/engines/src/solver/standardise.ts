import { createMatrix, type RowMatrix } from './row-matrix.js'

/** Mean and spread of every feature over the samples; a feature that is the same everywhere has the spread 0. */
export interface Standard {
  readonly means: Float64Array
  readonly deviations: Float64Array
}

/** A spread below this share of the mean is rounding. */
const rounding = 1e-7

/** Mean and standard deviation (of the population, as scikit-learn's StandardScaler) of the columns of `[rows, columns]`. */
export function measureStandard(values: ArrayLike<number>, rows: number, columns: number): Standard {
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
  return { means, deviations }
}

/** The values with mean 0 and spread 1; constant columns become 0. `width` columns can be multiplied with it. */
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
