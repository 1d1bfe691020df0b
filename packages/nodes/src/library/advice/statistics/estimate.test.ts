import { createRandom } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { accuracyEstimate, differenceEstimate } from './estimate.js'
import { extrapolate, leastRemaining } from './extrapolate.js'

describe('intervals', () => {
  it('of a difference are no point, not even where one side alone was right on all of a few images', () => {
    const { value, low } = differenceEstimate([1, 1, 1], [0, 0, 0])
    expect(value).toBe(1)
    expect(low).toBeLessThan(0.5)
  })

  it('of a handful of images are wide, and never a point, not even when all were right', () => {
    const { value, low, high } = accuracyEstimate([1, 1, 1, 1, 1])
    expect([value, high]).toEqual([1, 1])
    expect(low).toBeLessThan(0.5)
    const { low: below, high: above } = differenceEstimate([1, 1, 1], [1, 1, 1])
    expect([below < 0, above > 0]).toEqual([true, true])
  })

  it.each([
    ['an accuracy', accuracyEstimate],
    ['a difference', (hits: number[], independent: number) => differenceEstimate(hits, hits.toReversed(), independent)],
  ])('of %s count copies once', (_, estimate) => {
    const hits = Array.from({ length: 40 }, (_, index) => (index % 4 === 0 ? 0 : 1))
    const width = (independent: number): number => {
      const { low, high } = estimate(hits, independent)
      return high - low
    }
    expect(width(10)).toBeGreaterThan(1.5 * width(40))
  })

  it('hold the true accuracy in 95 of 100 draws and more where images are independent', () => {
    const random = createRandom(3)
    const held = Array.from({ length: 400 }, () => {
      const { low, high } = accuracyEstimate(Array.from({ length: 60 }, () => (random() < 0.8 ? 1 : 0)))
      return low <= 0.8 && 0.8 <= high
    })
    expect(held.filter(Boolean).length).toBeGreaterThanOrEqual(380)
  })
})

describe('extrapolation', () => {
  /** Hits of heads whose error falls with the root of the images. */
  const points = [50, 100, 160].map((pictures) => {
    const random = createRandom(pictures)
    return { pictures, hits: Array.from({ length: 200 }, () => (random() < 3 / Math.sqrt(pictures) ? 0 : 1)) }
  })

  it('follows the law that the points lie on, with an interval that holds it', () => {
    const found = extrapolate(points, 200, 0)
    const gain = 3 / Math.sqrt(200) - 3 / Math.sqrt(400)
    expect(found?.gain.low).toBeLessThan(gain)
    expect(found?.gain.high).toBeGreaterThan(gain)
    expect(found?.twice.value).toBeGreaterThan(found?.now.value ?? 1)
  })

  it('promises next to nothing where all is right already, however fast it came', () => {
    const right = [4, 2, 0].map((wrong, index) => ({
      ...{ pictures: 10 * 2 ** index, hits: Array.from({ length: 40 }, (_, row) => (row < 5 * wrong ? 0 : 1)) },
    }))
    const { gain, twice } = extrapolate(right, 40, 0) ?? {}
    expect(gain?.value).toBeCloseTo(0, 2)
    expect(twice?.value).toBe(1)
  })

  /** Points of a curve whose error is known, with so many images asked. */
  const pointsOn = (errorOf: (pictures: number) => number, asked: number, seed: number) =>
    [asked / 4, asked / 2, 0.8 * asked].map((pictures, place) => {
      const random = createRandom(10 * seed + place)
      return { pictures, hits: Array.from({ length: asked }, () => (random() < errorOf(pictures) ? 0 : 1)) }
    })

  it.each([0.3, 0.42, 0.6])(
    'holds the gain of thousands of images too, on curves that fall with exponent %f',
    (power) => {
      const errorOf = (pictures: number): number => 0.9 * (pictures / 500) ** -power
      const truth = errorOf(2000) - errorOf(4000)
      const held = Array.from({ length: 10 }, (_, seed) => {
        const { gain } = extrapolate(pointsOn(errorOf, 2000, seed), 2000, seed)!
        return gain.low <= truth && truth <= gain.high
      })
      expect(held.filter(Boolean).length).toBeGreaterThanOrEqual(9)
    },
  )

  it('promises nothing, and allows for nothing, where 500 classes are told by guessing however many images there are', () => {
    const flat = pointsOn(() => 0.998, 1500, 3)
    const { gain } = extrapolate(flat, 1500, 0)!
    expect(gain.value).toBeLessThan(0.02)
    expect(gain.low).toBeLessThanOrEqual(0)
    expect(leastRemaining(flat, 1500)).toBeGreaterThan(0.97)
  })

  it('allows for more than is expected of the images that heads had not learned from, and never for less than nothing', () => {
    const errorOf = (pictures: number): number => 3 / Math.sqrt(pictures)
    const left = leastRemaining(pointsOn(errorOf, 200, 1), 200)
    expect(left).toBeLessThan(errorOf(200) / errorOf(160))
    expect(left).toBeGreaterThan(0.8)
    expect(leastRemaining([], 10)).toBe(1)
    expect(
      leastRemaining(
        [1, 2, 3].map((pictures) => ({ pictures, hits: [1, 1, 1] })),
        4,
      ),
    ).toBe(1)
  })

  it('promises nothing from one point', () => expect(extrapolate(points.slice(0, 1), 200, 0)).toBeNull())
})
