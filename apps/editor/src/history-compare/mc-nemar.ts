import type { Answer } from './right-answers.js'

/** How two classifiers did on the same images. */
export interface PairedResult {
  /** Images that both saw. */
  readonly count: number
  /** Images that only one of them saw; those can't be compared. */
  readonly unpaired: number
  readonly onlyFirst: number
  readonly onlySecond: number
  readonly bothRight: number
  readonly bothWrong: number
  /**
   * Two-sided mid-p of the exact binomial test: the chance of a difference at least this large if neither were better.
   */
  readonly p: number
}

/**
 * Pairs the predictions of two runs by image and tests the difference (McNemar, mid-p: Fagerland et al. 2013).
 * Images whose truth differs aren't paired.
 */
export function comparePaired(first: readonly Answer[], second: readonly Answer[]): PairedResult {
  const others = new Map(second.map((answer) => [answer.id, answer]))
  const counts = { bothRight: 0, bothWrong: 0, onlyFirst: 0, onlySecond: 0 }
  let count = 0
  for (const one of first) {
    const other = others.get(one.id)
    if (other === undefined || other.truth !== one.truth) continue
    count += 1
    counts[one.right ? (other.right ? 'bothRight' : 'onlyFirst') : other.right ? 'onlySecond' : 'bothWrong'] += 1
  }
  return {
    count,
    unpaired: first.length + second.length - 2 * count,
    ...counts,
    p: midP(counts.onlyFirst, counts.onlySecond),
  }
}

/** Mid-p of the two-sided sign test. Logarithms, because 0.5^n vanishes for large n. */
export function midP(onlyFirst: number, onlySecond: number): number {
  const total = onlyFirst + onlySecond
  if (total === 0) return 1
  const smaller = Math.min(onlyFirst, onlySecond)
  let logarithm = -total * Math.LN2
  let probability = Math.exp(logarithm)
  let tail = probability
  for (let successes = 1; successes <= smaller; successes++) {
    logarithm += Math.log(total - successes + 1) - Math.log(successes)
    probability = Math.exp(logarithm)
    tail += probability
  }
  // With equal counts both tails share the middle; mid-p is then 1 by symmetry, less rounding.
  return Math.max(0, Math.min(1, 2 * tail - probability))
}

export interface Verdict {
  readonly tone: 'better' | 'worse' | 'unclear' | 'same'
  readonly text: string
}

/** The difference in words. Says "second" for the run on the right-hand side. */
export function verdictOf(result: PairedResult, names: readonly [string, string]): Verdict {
  const { count, onlyFirst, onlySecond, p } = result
  const [first, second] = names
  if (count === 0)
    return {
      tone: 'unclear',
      text: 'The two runs were measured on different images, so their accuracies can’t be compared directly.',
    }
  if (onlyFirst + onlySecond === 0)
    return {
      tone: 'same',
      text: `On all ${count} images both were right or both were wrong: there is no difference at all.`,
    }
  const split = `${second} got ${onlySecond} right that ${first} missed; ${first} got ${onlyFirst} right that ${second} missed`
  if (p >= 0.05)
    return {
      tone: 'unclear',
      text: `${split}. Two equally good networks differ this much in ${chance(p)}: don’t read anything into it.`,
    }
  const winner = onlySecond > onlyFirst ? second : first
  const certainty = p < 0.001 ? 'very unlikely to be chance' : 'unlikely to be chance'
  return {
    tone: onlySecond > onlyFirst ? 'better' : 'worse',
    text: `${split}. ${winner} is better, and that is ${certainty} (p = ${p < 0.001 ? '< 0.001' : p.toFixed(3)}).`.replace(
      '= <',
      '<',
    ),
  }
}

function chance(p: number): string {
  if (p > 0.9) return 'nearly every comparison'
  return `${Math.round(p * 100)} of 100 comparisons`
}
