import { describe, expect, it } from 'vitest'
import { deviationOf, meanOf } from './moments.js'
import { pairedMeanInterval, pairedShareInterval } from './paired-interval.js'
import { spreadOf } from './repeated.js'
import { signFlip } from './sign-flip.js'
import { student95 } from './student.js'

/** Differences of images that only one of two classifiers got right. */
const sides = (gained: number, lost: number): number[] => [
  ...new Array<number>(gained).fill(1),
  ...new Array<number>(lost).fill(-1),
  0,
]

describe('the test of paired differences', () => {
  // scipy.stats.binomtest(k, n, alternative='less'), and twice binom.cdf less binom.pmf
  it.each([
    [2, 8, 0.0546875, 0.06542968749999996],
    [0, 5, 0.03125, 0.03125],
    [3, 17, 0.0012884140014648438, 0.0014896392822265647],
    [5, 5, 0.623046875, 1],
    [8, 2, 0.9892578125, 0.06542968749999996],
  ])('is McNemar’s exact test for %i won and %i lost', (gained, lost, atMost, midP) => {
    const result = signFlip(sides(gained, lost))
    expect(result.atMost).toBeCloseTo(atMost, 12)
    expect(result.midP).toBeCloseTo(midP, 12)
  })

  it('counts larger differences for more (scipy.stats.permutation_test over all 128 signs)', () => {
    expect(signFlip([3, -1, 2, 2, -1, 4, 0]).atMost).toBeCloseTo(0.953125, 12)
  })

  // The normal distribution at -399/200 and -400/200 standard errors.
  it('is that of the normal distribution for tens of thousands, where all sums would take minutes', () => {
    const { atMost, midP } = signFlip(sides(19_800, 20_200))
    expect(atMost).toBeCloseTo(0.0230222, 5)
    expect(midP).toBeCloseTo(0.0455003, 5)
  })

  it('finds nothing where there is nothing, and keeps its footing with thousands', () => {
    expect(signFlip([0, 0])).toEqual({ atMost: 1, midP: 1 })
    const { atMost, midP } = signFlip(sides(1000, 2000))
    expect(atMost).toBeLessThan(1e-60)
    expect(midP).toBeGreaterThanOrEqual(0)
  })
})

describe('intervals', () => {
  // The constrained likelihood maximised numerically (scipy.optimize), then solved for the differences.
  it.each([
    [86, 150, 1600, -0.058998033, -0.021361565],
    [2, 7, 153, -0.0803668308, 0.00708001],
    [0, 3, 40, -0.1986423398, 0.0191932233],
    [12, 3, 60, 0.026311992, 0.2797023864],
  ])('of a difference of shares are Tango’s: %i gained, %i lost of %i', (gained, lost, count, low, high) => {
    const interval = pairedShareInterval(gained, lost, count)
    expect(interval[0]).toBeCloseTo(low, 6)
    expect(interval[1]).toBeCloseTo(high, 6)
  })

  it('of a difference of shares always hold what was seen', () => {
    expect(pairedShareInterval(0, 0, 0)).toEqual([-1, 1])
    for (const [gained, lost, count] of [
      [0, 0, 10],
      [10, 0, 10],
      [0, 10, 10],
      [1, 1, 2],
    ] as const) {
      const [low, high] = pairedShareInterval(gained, lost, count)
      const seen = (gained - lost) / count
      expect(low).toBeLessThanOrEqual(seen)
      expect(high).toBeGreaterThanOrEqual(seen)
      expect(low).toBeGreaterThanOrEqual(-1)
      expect(high).toBeLessThanOrEqual(1)
    }
  })

  it.each([
    [1, 12.706204736],
    [2, 4.30265273],
    [4, 2.776445105],
    [14, 2.144786688],
    [30, 2.042272456],
    [1000, 1.962339081],
  ])('of means reach as far as Student’s distribution with %i degrees of freedom (scipy.stats.t)', (freedom, reach) => {
    expect(student95(freedom)).toBeCloseTo(reach, 7)
  })

  // t(0.975, 4) = 2.776445105; the values of the example have mean 0.9 and variance 0.00025.
  const fiveRuns = [0.88, 0.89, 0.9, 0.91, 0.92]
  it('of repeated runs are Student’s, and wider by the shared training images with folds (Nadeau and Bengio)', () => {
    const reachOf = (folds: number): number => {
      const { mean, interval } = spreadOf(fiveRuns, folds)
      return (interval?.[1] ?? 0) - mean
    }
    expect(reachOf(0)).toBeCloseTo(2.776445105 * Math.sqrt(0.00025 / 5), 9)
    expect(reachOf(5)).toBeCloseTo(2.776445105 * Math.sqrt(0.00025 * (1 / 5 + 1 / 4)), 9)
    expect(spreadOf(fiveRuns, 5)).toMatchObject({ mean: expect.closeTo(0.9, 12), least: 0.88, most: 0.92 })
    expect(spreadOf([0.9], 0).interval).toBeNull()
    expect(spreadOf([0.9, 1], 2, true).interval).toEqual([0, 1])
  })

  it('of means are the mean and that many standard errors', () => {
    const values = [0.1, 0.2, 0.3]
    expect(meanOf(values)).toBeCloseTo(0.2, 12)
    expect(deviationOf(values)).toBeCloseTo(0.1, 12)
    const [low, high] = pairedMeanInterval(values)
    expect(high - low).toBeCloseTo((2 * 4.30265273 * 0.1) / Math.sqrt(3), 7)
  })
})
