import { logSumExp } from './softmax.js'

/**
 * Mean negative log-likelihood of the true classes, in nats: plain cross-entropy, without class weights or label
 * smoothing, so that runs with different losses can be compared. `logits` is row-major `[n, classes]`; NaN when there
 * are no rows.
 */
export function crossEntropy(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
  temperature = 1,
): number {
  let sum = 0
  for (let row = 0; row < labels.length; row++)
    sum += rowLoss(logits, row, labels[row] as number, classes, 1 / temperature)
  return sum / labels.length
}

/** Negative log-likelihood of every row, for "top losses". */
export function crossEntropyPerRow(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): Float64Array {
  return Float64Array.from({ length: labels.length }, (_, row) =>
    rowLoss(logits, row, labels[row] as number, classes, 1),
  )
}

function rowLoss(logits: ArrayLike<number>, row: number, label: number, classes: number, scale: number): number {
  return logSumExp(logits, row * classes, classes, scale) - (logits[row * classes + label] as number) * scale
}
