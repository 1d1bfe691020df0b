import { deviationOf, meanOf } from './moments.js'
import { student95 } from './student.js'

/** Two-sided 95% quantile of the standard normal distribution. */
const z95 = 1.959963984540054

/**
 * 95% interval of the difference of two shares measured on the same images: Tango's score interval (1998), which is
 * honest for few images too.
 *
 * @param gained images that only the second got right
 * @param lost images that only the first got right
 */
export function pairedShareInterval(gained: number, lost: number, count: number): readonly [number, number] {
  if (count === 0) return [-1, 1]
  const observed = (gained - lost) / count
  return [
    boundary(observed, -1, (difference) => score(gained, lost, count, difference) <= z95),
    boundary(observed, 1, (difference) => score(gained, lost, count, difference) >= -z95),
  ]
}

/** How many standard errors the counts are above a true difference, with the other parameter as likely as can be. */
function score(gained: number, lost: number, count: number, difference: number): number {
  const a = 2 * count
  const b = -gained - lost + (2 * count - gained + lost) * difference
  const c = -lost * difference * (1 - difference)
  const share = (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a)
  const variance = count * (2 * share + difference * (1 - difference))
  const distance = gained - lost - count * difference
  return variance <= 0 ? Math.sign(distance) * Infinity : distance / Math.sqrt(variance)
}

/** The difference furthest towards `end` that is still compatible. */
function boundary(start: number, end: number, isCompatible: (difference: number) => boolean): number {
  let [inside, outside] = [start, end]
  if (isCompatible(outside)) return outside
  for (let step = 0; step < 60; step++) {
    const middle = (inside + outside) / 2
    if (isCompatible(middle)) inside = middle
    else outside = middle
  }
  return inside
}

/** 95% interval of the mean of paired differences (Student's). */
export function pairedMeanInterval(differences: readonly number[]): readonly [number, number] {
  const mean = meanOf(differences)
  if (differences.length < 2) return [-1, 1]
  const reach = (student95(differences.length - 1) * deviationOf(differences)) / Math.sqrt(differences.length)
  return [Math.max(-1, mean - reach), Math.min(1, mean + reach)]
}
