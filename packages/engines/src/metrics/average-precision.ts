/**
 * Average precision of one class: the mean of the precision at every positive, ranked by score, where samples with the
 * same score count at once. `sum over thresholds of (R_n - R_{n-1}) P_n`, without interpolation, as scikit-learn's
 * `average_precision_score`. NaN when nothing is positive.
 */
export function averagePrecision(scores: readonly number[], positive: readonly boolean[]): number {
  const total = positive.filter(Boolean).length
  if (total === 0) return Number.NaN
  const ranked = scores.map((score, index) => ({ score, there: positive[index] === true }))
  ranked.sort((a, b) => b.score - a.score)
  let [hits, before, sum] = [0, 0, 0]
  ranked.forEach(({ score, there }, index) => {
    if (there) hits += 1
    if (ranked[index + 1]?.score === score) return
    sum += ((hits - before) / total) * (hits / (index + 1))
    before = hits
  })
  return sum
}

/** Mean of the numbers that are; NaN when none is. */
export function finiteMean(values: readonly number[]): number {
  const finite = values.filter((value) => !Number.isNaN(value))
  return finite.length === 0 ? Number.NaN : finite.reduce((sum, value) => sum + value, 0) / finite.length
}
