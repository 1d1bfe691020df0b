import { meanOf } from '../statistics/moments.js'
import { pairedMeanInterval, pairedShareInterval } from '../statistics/paired-interval.js'
import { signFlip } from '../statistics/sign-flip.js'
import type { Answer } from './answers.js'

/** How two classifiers did on the same images. */
export interface PairedResult {
  /** Images that both saw. */
  readonly count: number
  /** Images that only one of them saw; those can't be compared. */
  readonly unpaired: number
  readonly bothRight: number
  readonly bothWrong: number
  readonly onlyFirst: number
  readonly onlySecond: number
  /** Images that the first, or the second, did better on: as those that only it got right, where answers are right or wrong. */
  readonly firstBetter: number
  readonly secondBetter: number
  /** Whether answers may be partly right, with several classes per image. */
  readonly graded: boolean
  /** Mean score of each, and of the second less the first with its 95% interval. */
  readonly means: readonly [number, number]
  readonly difference: number
  readonly interval: readonly [number, number]
  /** Two-sided mid-p: the chance of a difference at least this large if neither were better. */
  readonly p: number
  /** Exact, one-sided: the chance that a second one that is as good falls behind as far as this one, or further. */
  readonly worseP: number
}

/** Sums of scores are counted in such parts, so that F1 of up to six classes named and true is exact. */
const parts = 60

/**
 * Pairs the answers of two runs by image and tests the difference: McNemar's exact test where answers are right or
 * wrong, Fisher's randomisation test of the images' scores where they may be partly right. Images whose truth differs
 * aren't paired.
 */
export function comparePaired(first: readonly Answer[], second: readonly Answer[]): PairedResult {
  const others = new Map(second.map((answer) => [answer.id, answer]))
  const pairs = first.flatMap((one) => {
    const other = others.get(one.id)
    return other === undefined || other.truth !== one.truth ? [] : [[one.score, other.score] as const]
  })
  const count = pairs.length
  const having = (holds: (one: number, other: number) => boolean): number =>
    pairs.filter(([one, other]) => holds(one, other)).length
  const onlyFirst = having((one, other) => one === 1 && other < 1)
  const onlySecond = having((one, other) => one < 1 && other === 1)
  const graded = pairs.flat().some((score) => score !== 0 && score !== 1)
  const differences = pairs.map(([one, other]) => other - one)
  const test = signFlip(differences.map((difference) => Math.round(difference * (graded ? parts : 1))))
  const means = [meanOf(pairs.map(([one]) => one)), meanOf(pairs.map(([, other]) => other))] as const
  return {
    count,
    unpaired: first.length + second.length - 2 * count,
    bothRight: having((one, other) => one === 1 && other === 1),
    bothWrong: having((one, other) => one < 1 && other < 1),
    onlyFirst,
    onlySecond,
    firstBetter: having((one, other) => one > other),
    secondBetter: having((one, other) => one < other),
    graded,
    means,
    difference: count === 0 ? 0 : means[1] - means[0],
    interval: graded ? pairedMeanInterval(differences) : pairedShareInterval(onlySecond, onlyFirst, count),
    p: test.midP,
    worseP: test.atMost,
  }
}
