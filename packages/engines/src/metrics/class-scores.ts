import type { ConfusionMatrix } from './confusion-matrix.js'

/** How well one class is recognised; a score with nothing to divide by is 0, as in scikit-learn. */
export interface ClassScores {
  /** Images whose true class this is. */
  readonly support: number
  /** Images predicted as this class. */
  readonly predicted: number
  readonly precision: number
  readonly recall: number
  readonly f1: number
}

/** Precision, recall and F1 of every class, in class order. */
export function classScores(confusion: ConfusionMatrix): ClassScores[] {
  return confusion.map((row, index) => {
    const correct = row[index] as number
    const support = row.reduce((sum, count) => sum + count, 0)
    const predicted = confusion.reduce((sum, other) => sum + (other[index] as number), 0)
    return {
      support,
      predicted,
      precision: ratio(correct, predicted),
      recall: ratio(correct, support),
      f1: ratio(2 * correct, support + predicted),
    }
  })
}

/**
 * Unweighted mean of the classes' F1; classes that are neither true nor predicted anywhere are left out. 0 when nothing
 * is left.
 */
export function macroF1(confusion: ConfusionMatrix): number {
  return mean(
    classScores(confusion)
      .filter(({ support, predicted }) => support + predicted > 0)
      .map(({ f1 }) => f1),
  )
}

/** Mean recall over the classes that have images: accuracy as if every class had the same number of them. */
export function balancedAccuracy(confusion: ConfusionMatrix): number {
  return mean(
    classScores(confusion)
      .filter(({ support }) => support > 0)
      .map(({ recall }) => recall),
  )
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
