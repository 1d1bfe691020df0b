import { deviationOf, meanOf } from './moments.js'
import { student95 } from './student.js'

/** What a number came to over several runs. */
export interface Spread {
  readonly mean: number
  /** Standard deviation among the runs. */
  readonly deviation: number
  readonly least: number
  readonly most: number
  /** 95% interval of the mean; null of a single run, which says nothing of chance. */
  readonly interval: readonly [number, number] | null
}

/**
 * Mean and spread of repeated runs. Runs on folds learn from almost the same images, so that their spread says too
 * little: the corrected resampled t-test (Nadeau and Bengio 2003; Bouckaert and Frank 2004 for repeated folds) widens the
 * interval by the share of tested images to others. Without folds it is Student's interval.
 *
 * @param folds 0 or 1: all runs were tested on the same images
 * @param isShare the interval can't leave 0 to 1
 */
export function spreadOf(values: readonly number[], folds: number, isShare = false): Spread {
  const mean = meanOf(values)
  const deviation = deviationOf(values)
  const overlap = folds > 1 ? 1 / (folds - 1) : 0
  const reach = student95(Math.max(1, values.length - 1)) * Math.sqrt(1 / values.length + overlap) * deviation
  const [low, high] = isShare ? [Math.max(0, mean - reach), Math.min(1, mean + reach)] : [mean - reach, mean + reach]
  return {
    mean,
    deviation,
    least: Math.min(...values),
    most: Math.max(...values),
    interval: values.length < 2 ? null : [low, high],
  }
}
