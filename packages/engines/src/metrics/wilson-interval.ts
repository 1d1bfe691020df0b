/** Two-sided 95% quantile of the standard normal distribution. */
const z95 = 1.959963984540054

/**
 * Wilson score interval of a proportion, such as accuracy: stays inside [0, 1] and is honest for few images (Wilson
 * 1927).
 * `z` is the normal quantile; the default gives a 95% interval. [0, 1] when there is nothing to count.
 */
export function wilsonInterval(successes: number, total: number, z = z95): [number, number] {
  if (total === 0) return [0, 1]
  const share = successes / total
  const denominator = 1 + (z * z) / total
  const centre = share + (z * z) / (2 * total)
  const margin = z * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total))
  return [Math.max(0, (centre - margin) / denominator), Math.min(1, (centre + margin) / denominator)]
}
