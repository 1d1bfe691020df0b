import { addTransposed, everyRow, timesWeights } from '../matrix/row-matrix.js'
import type { Spectrum } from '../matrix/spectrum.js'

/** An estimate of the inverse curvature: what L-BFGS starts from, and measures distances with. */
export interface Metric {
  /** Multiplies a gradient, `[classes, columns]` weights and `classes` biases, by it and by a factor, in place. */
  apply(values: Float64Array, factor: number): void
}

/**
 * The inverse of `curvature * covariance + penalty` for each class, with the covariance as far as the spectrum knows it:
 * exact along its directions, the mean in all others. Biases see a feature that is always 1.
 */
export function createMetric(
  { directions, variances, rest }: Spectrum,
  classes: number,
  curvature: number,
  penalty: number,
): Metric {
  const weights = classes * directions.columns
  const outside = 1 / (curvature * rest + penalty)
  const extra = variances.map((variance) => 1 / (curvature * variance + penalty) - outside)
  const shares = new Float64Array(extra.length * classes)
  const all = everyRow(directions)
  return {
    apply(values, factor) {
      timesWeights(directions, all, values, classes, shares)
      for (let i = 0; i < shares.length; i++) shares[i]! *= factor * extra[Math.floor(i / classes)]!
      for (let k = 0; k < weights; k++) values[k]! *= factor * outside
      for (let k = weights; k < values.length; k++) values[k]! *= factor / curvature
      addTransposed(directions, all, shares, classes, values)
    },
  }
}
