import type { RowLoss } from '../logistic/logistic-problem.js'

/**
 * Cross-entropy over some of the rows in which every class weighs as much as it does among all rows, however many of it
 * are left out: a fold that takes the last but four images of a class away must not teach that the class is rare.
 */
export function evenLosses(labels: Int32Array, classes: number): (rows: Int32Array) => RowLoss {
  const all = countsOf(labels, everyIndex(labels.length), classes)
  return (rows) => {
    const here = countsOf(labels, rows, classes)
    const present = all.reduce((sum, count, label) => sum + (here[label]! > 0 ? count : 0), 0)
    const weights = Float64Array.from(rows, (row) => all[labels[row]!]! / (present * here[labels[row]!]!))
    return (logits, gradient) => {
      let sum = 0
      for (let i = 0; i < rows.length; i++)
        sum += weights[i]! * crossEntropyAt(logits, i * classes, classes, labels[rows[i]!]!, weights[i]!, gradient)
      return sum
    }
  }
}

/** The loss of one row; its gradient times the weight is written into its place. */
function crossEntropyAt(
  logits: Float64Array,
  start: number,
  classes: number,
  label: number,
  weight: number,
  gradient: Float64Array,
): number {
  let most = -Infinity
  for (let c = 0; c < classes; c++) most = Math.max(most, logits[start + c]!)
  let sum = 0
  for (let c = 0; c < classes; c++) sum += gradient[start + c] = Math.exp(logits[start + c]! - most)
  for (let c = 0; c < classes; c++) gradient[start + c] = weight * (gradient[start + c]! / sum - (c === label ? 1 : 0))
  return Math.log(sum) + most - logits[start + label]!
}

function countsOf(labels: Int32Array, rows: Int32Array, classes: number): Float64Array {
  const counts = new Float64Array(classes)
  for (const row of rows) counts[labels[row]!]!++
  return counts
}

const everyIndex = (count: number): Int32Array => Int32Array.from({ length: count }, (_, index) => index)
