import { wilsonInterval } from '@graft/engines'
import type { Estimate } from '@graft/graph-schema'

/**
 * How much wider than by counting images an interval of a cross-validated accuracy has to be, as a factor of the
 * variance: heads of different folds learn from mostly the same images, so their mistakes go together (Nadeau and
 * Bengio 2003 add the share of a fold to the rest, 1/4 with five folds), and what is to be told is what a head taught by
 * these very images is worth. `npm run bench advice` measures how often the intervals hold.
 */
export const variancePerPicture = 1.75

const z = 1.96

/**
 * Accuracy from how often each image was recognised (0 to 1). Images of one group count as one. Heads of a
 * cross-validation learned from fewer images than there are; `remaining` is the least share of their errors that may be
 * left when all are learned from, and the upper end allows for it.
 */
export function accuracyEstimate(
  hits: ArrayLike<number>,
  independent: number = hits.length,
  remaining: number = 1,
): Estimate {
  const value = meanOf(hits)
  const counted = Math.max(1, Math.min(independent, hits.length)) / variancePerPicture
  const [low] = wilsonInterval(value * counted, counted)
  const [, high] = wilsonInterval((1 - remaining * (1 - value)) * counted, counted)
  return { value, low, high }
}

/**
 * Difference of two accuracies on the same images, of which so many are independent. Two images are added, one that each
 * side alone recognises, so that answers that agree on a handful of images don't pass for certainty.
 */
export function differenceEstimate(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  independent: number = first.length,
): Estimate {
  const differences = Array.from(first, (value, index) => value - (second[index] ?? 0))
  const value = meanOf(differences)
  const half = z * standardError(differences, independent)
  return { value, low: Math.max(-1, value - half), high: Math.min(1, value + half) }
}

/** Standard error of the mean of paired differences, each at most 1. Images of one group count as one. */
export function standardError(differences: readonly number[], independent: number = differences.length): number {
  const counted = Math.min(independent, differences.length)
  const count = counted + 2
  const square = (counted * meanOf(differences.map((value) => value ** 2)) + 2) / count
  // The two that are added draw the mean towards nothing: without that, a lead on every image would have no error at all.
  const mean = (counted * meanOf(differences)) / count
  return Math.sqrt((variancePerPicture * (square - mean ** 2)) / count)
}

/** Mean of a number per image, with its interval by the normal distribution, kept between 0 and 1. */
export function shareEstimate(values: ArrayLike<number>): Estimate {
  const value = meanOf(values)
  const spread = Array.from(values).reduce((sum, other) => sum + (other - value) ** 2, 0)
  const half = z * Math.sqrt(spread / Math.max(1, values.length * (values.length - 1)))
  return { value, low: Math.max(0, value - half), high: Math.min(1, value + half) }
}

export function meanOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += values[index] ?? 0
  return sum / Math.max(1, values.length)
}

/** The value below which a share of the numbers lies. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const low = sorted[Math.floor(place)] ?? 0
  return low + (place % 1) * ((sorted[Math.ceil(place)] ?? low) - low)
}
