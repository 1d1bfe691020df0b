import { gramOf } from '../matrix/gram.js'
import { addTransposed, createMatrix, everyRow, type RowMatrix } from '../matrix/row-matrix.js'

/** Columns `from` to `to` that get the same gain. */
export interface FeatureGroup {
  readonly from: number
  readonly to: number
}

/** Scalar products of all pairs of rows over the columns of every group; only the lower triangles are right. */
export const gramsOf = (features: RowMatrix, groups: readonly FeatureGroup[]): readonly Float64Array[] =>
  groups.map(({ from, to }) => Float64Array.from(gramOf(features, from, to)))

/** Adds the scalar products of rows whose groups have these gains. */
export function addGrams(grams: readonly Float64Array[], gains: readonly number[], out: Float64Array): void {
  grams.forEach((gram, group) => {
    const factor = (gains[group] ?? 1) ** 2
    for (let k = 0; k < gram.length; k++) out[k]! += factor * gram[k]!
  })
}

/** The features times their gains; room for products with `width` columns. */
export function withGains(
  features: RowMatrix,
  groups: readonly FeatureGroup[],
  gains: readonly number[],
  width: number,
): RowMatrix {
  const { rows, columns } = features
  if (gains.every((gain) => gain === 1)) return features
  const matrix = createMatrix(rows, columns, { width })
  matrix.values.set(scaled(features.values.slice(), groups, gains, columns))
  return matrix
}

/** Weights `[classes, columns]` for the features before their gains, from those of the samples `[classes, rows]`. */
export function fromSamples(
  features: RowMatrix,
  groups: readonly FeatureGroup[],
  gains: readonly number[],
  bySample: Float64Array,
): Float64Array {
  const { rows, columns } = features
  const classes = bySample.length / rows
  const factors = Float64Array.from(
    bySample,
    (_, place) => bySample[(place % classes) * rows + Math.floor(place / classes)]!,
  )
  const weights = new Float64Array(classes * columns)
  addTransposed(features, everyRow(features), factors, classes, weights)
  // Once for the features that made the scalar products, once for those that the weights are for.
  return scaled(scaled(weights, groups, gains, columns), groups, gains, columns)
}

/** Rows `[n, columns]` with each group's columns times its gain, in place. */
export function scaled(
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
