import { describe, expect, it } from 'vitest'
import { rateRules, smoothed, suggestRate } from './suggest-rate.js'

const rates = Array.from({ length: 100 }, (_, index) => 10 ** (-6 + (6 * index) / 99))
/** Flat up to 1e-4, down to 1e-2, steeply up after. */
const curve = (rate: number): number => {
  const x = Math.log10(rate)
  if (x < -4) return 2
  return x < -2 ? 2 - 0.7 * (x + 4) : 0.6 + 8 * (x + 2) ** 2
}
const points = rates.map((rate) => ({ rate, loss: curve(rate), gradientNorm: 1 }))

describe('a suggested learning rate', () => {
  it.each(rateRules.map(({ id }) => id))('by the rule %s lies on the way down', (rule) => {
    const { rate = 0 } = suggestRate(points, rule) ?? {}
    expect(rate).toBeGreaterThan(1e-4)
    expect(rate).toBeLessThan(2e-2)
  })

  it('of fastai is the middle of the second third of the longest way down', () => {
    // Ever smaller losses throughout: from 0 to 89, so 30 on a third, and half of that.
    const falling = Array.from({ length: 90 }, (_, index) => ({
      rate: rates[index]!,
      loss: 10 - index / 10,
      gradientNorm: 1,
    }))
    expect(suggestRate(falling)?.rate).toBe(Number(rates[29 + 14]!.toPrecision(2)))
  })

  it('is none where the loss only rises, or where there is hardly a curve', () => {
    const rising = rates.map((rate, index) => ({ rate, loss: 1 + index, gradientNorm: 1 }))
    for (const { id } of rateRules) expect(suggestRate(rising, id)).toBeNull()
    expect(suggestRate(points.slice(0, 9))).toBeNull()
  })

  it('smooths losses without moving where they begin', () => {
    expect(smoothed(points)[0]).toBeCloseTo(2, 10)
    const noisy = points.map((point, index) => ({ ...point, loss: index % 2 === 0 ? 1 : 3 }))
    expect(smoothed(noisy).at(-1)).toBeCloseTo(2, 1)
  })
})
