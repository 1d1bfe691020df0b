/** Paired comparison of two classifiers on the same images. */
export interface McNemar {
  /** Images that only the first got right, and only the second. */
  readonly onlyFirst: number
  readonly onlySecond: number
  /** Exact two-sided binomial p. */
  readonly exact: number
  /**
   * Exact p less half the probability of what was seen, both tails: less conservative; use below 25 discordant
   * images.
   */
  readonly midP: number
  /**
   * Chi-squared with continuity correction, one degree of freedom: (|b - c| - 1)^2 / (b + c); 0 without discordant
   * images.
   */
  readonly chiSquared: number
}

/**
 * McNemar's test on the predictions (class indices) of two classifiers; all three arguments have the same length and
 * order.
 */
export function mcNemar(labels: ArrayLike<number>, first: ArrayLike<number>, second: ArrayLike<number>): McNemar {
  let onlyFirst = 0
  let onlySecond = 0
  for (let index = 0; index < labels.length; index++) {
    const firstRight = first[index] === labels[index]
    const secondRight = second[index] === labels[index]
    if (firstRight && !secondRight) onlyFirst += 1
    if (!firstRight && secondRight) onlySecond += 1
  }
  return { onlyFirst, onlySecond, ...binomialTest(Math.min(onlyFirst, onlySecond), onlyFirst + onlySecond) }
}

function binomialTest(smaller: number, total: number): Pick<McNemar, 'exact' | 'midP' | 'chiSquared'> {
  if (total === 0) return { exact: 1, midP: 1, chiSquared: 0 }
  let logarithm = -total * Math.LN2
  let probability = Math.exp(logarithm)
  let tail = probability
  for (let successes = 1; successes <= smaller; successes++) {
    logarithm += Math.log(total - successes + 1) - Math.log(successes)
    probability = Math.exp(logarithm)
    tail += probability
  }
  const difference = Math.max(0, total - 2 * smaller - 1)
  return {
    exact: Math.min(1, 2 * tail),
    midP: Math.min(1, 2 * tail - probability),
    chiSquared: (difference * difference) / total,
  }
}
