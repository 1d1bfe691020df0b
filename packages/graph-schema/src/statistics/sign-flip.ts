import { studentBelow } from './student.js'

/** How unusual a sum of paired differences is among all sums with the signs drawn by a coin. */
export interface SignFlip {
  /** Chance of a sum at most as large, if neither side were better. */
  readonly atMost: number
  /** Chance of a sum at least as far from 0, either way: two-sided mid-p, which counts equal sums by half. */
  readonly midP: number
}

/** Up to so many additions chances are summed exactly: about a second. With more, some thousand differences are there. */
const mostSteps = 1e9

/**
 * Fisher's randomisation test of paired differences, exact unless there are tens of thousands of them: where neither side is better, each difference could as well
 * have had the other sign. For differences of 1 it is McNemar's exact test, and its mid-p that of Fagerland et al. 2013.
 *
 * @param differences whole numbers
 */
export function signFlip(differences: readonly number[]): SignFlip {
  const sizes = differences.map(Math.abs).filter((size) => size > 0)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const sum = differences.reduce((all, difference) => all + difference, 0)
  if (sizes.length * total > mostSteps) return byNormal(sum, sizes)
  const chances = chancesOfSums(sizes, total)
  // The sum of the differences that keep a positive sign; that of all is twice it, less the total.
  const positive = (total + sum) / 2
  const below = (end: number): number => chances.slice(0, end + 1).reduce((all, chance) => all + chance, 0)
  const smaller = Math.min(positive, total - positive)
  return {
    atMost: Math.min(1, below(positive)),
    midP: Math.min(1, 2 * below(smaller) - (chances[smaller] ?? 0)),
  }
}

/** By the normal distribution, which that of the sums comes near to with so many; sums lie 2 apart. */
function byNormal(sum: number, sizes: readonly number[]): SignFlip {
  const deviation = Math.sqrt(sizes.reduce((square, size) => square + size ** 2, 0))
  // Student's distribution with so many degrees of freedom is the normal one.
  const below = (value: number): number => studentBelow(value / deviation, 1e5)
  return { atMost: below(sum + 1), midP: 2 * below(-Math.abs(sum)) }
}

/** Chance of every sum from 0 to `total` when each size is in it by the toss of a coin. */
function chancesOfSums(sizes: readonly number[], total: number): Float64Array {
  const chances = new Float64Array(total + 1)
  chances[0] = 1
  let reach = 0
  for (const size of sizes) {
    reach += size
    for (let sum = reach; sum >= 0; sum--) chances[sum] = ((chances[sum] ?? 0) + (chances[sum - size] ?? 0)) / 2
  }
  return chances
}
