import { createRandom } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { directionsOf, distancesTo, judge } from './nearness.js'

const seed = Date.now() % 1_000_000

describe('whether an image is like the validation images', () => {
  it('is asked of directions: the contrast of a photo says nothing', () => {
    const training = directionsOf({ values: Float32Array.of(1, 0, 0, 2), columns: 2 })
    const [same, between] = distancesTo(training, directionsOf({ values: Float32Array.of(0, 9, 3, 3), columns: 2 }))
    expect(same).toBeCloseTo(0, 6)
    expect(between).toBeCloseTo(1 - Math.SQRT1_2, 6)
  })

  it(`is denied for no more than one in twenty of those that are (seed ${seed})`, () => {
    const random = createRandom(seed)
    let denied = 0
    const trials = 4000
    for (let trial = 0; trial < trials; trial++) {
      const validation = Array.from({ length: 39 }, () => random() ** 3)
      if (judge(random() ** 3, validation).unfamiliar) denied++
    }
    // One in twenty, with room for five standard deviations of chance.
    expect(denied / trials).toBeLessThan(0.05 + 5 * Math.sqrt((0.05 * 0.95) / trials))
    expect(denied).toBeGreaterThan(0)
  })

  it('is denied to what lies farther than all, and never by fewer than 19', () => {
    const validation = Array.from({ length: 19 }, (_, index) => index / 100)
    expect(judge(1, validation)).toEqual({ asFar: 0, unfamiliar: true })
    expect(judge(0.18, validation)).toEqual({ asFar: 1, unfamiliar: false })
    expect(judge(1, validation.slice(1))).toEqual({ asFar: 0, unfamiliar: false })
  })
})
