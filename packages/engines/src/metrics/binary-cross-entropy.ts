/** The logistic function, without overflow. */
export const sigmoid = (value: number): number =>
  value >= 0 ? 1 / (1 + Math.exp(-value)) : Math.exp(value) / (1 + Math.exp(value))

/** log(1 + exp(value)), without overflow. */
const softplus = (value: number): number => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)))

/**
 * Mean binary cross-entropy over rows and classes, in nats, of logits `[n, classes]` against lists of true classes:
 * without weights or smoothing, as PyTorch's `binary_cross_entropy_with_logits`. NaN when there are no rows.
 */
export function binaryCrossEntropy(
  logits: ArrayLike<number>,
  labels: readonly (readonly number[])[],
  classes: number,
): number {
  const rows = binaryCrossEntropyPerRow(logits, labels, classes)
  return rows.reduce((sum, loss) => sum + loss, 0) / rows.length
}

/** The same for every row on its own, the mean over its classes. */
export function binaryCrossEntropyPerRow(
  logits: ArrayLike<number>,
  labels: readonly (readonly number[])[],
  classes: number,
): Float64Array {
  return Float64Array.from(labels, (label, row) => {
    let sum = 0
    for (let index = 0; index < classes; index++) {
      const logit = logits[row * classes + index] as number
      sum += softplus(label.includes(index) ? -logit : logit)
    }
    return sum / classes
  })
}
