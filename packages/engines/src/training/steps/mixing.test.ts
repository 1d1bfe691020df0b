import { describe, expect, it } from 'vitest'
import type { Batch } from '../../engine.js'
import { type MixedBatch, mixBatch } from './mixing.js'

const images: Batch = { shape: [4, 2, 6, 6], data: Float32Array.from({ length: 288 }, (_, at) => Math.floor(at / 72)) }
const targets: Batch = { shape: [4, 3], data: Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0]) }
const batch: MixedBatch = { images, targets }
const mixed = (mix: 'none' | 'mixup' | 'cutmix' | 'either', step = 1, mixAlpha = 1): MixedBatch =>
  mixBatch(batch, { mix, mixAlpha, seed: 3 }, step)

/** What a row's target keeps of its own, told by rows 1 and 2, which are of different classes. */
const keptOf = ({ targets: { data } }: MixedBatch): number => data[4] ?? NaN

describe('mixing a batch', () => {
  it('does nothing when it is off, or with one image', () => {
    expect(mixed('none')).toBe(batch)
    const single: MixedBatch = { images: { shape: [1, 2], data: new Float32Array(2) }, targets }
    expect(mixBatch(single, { mix: 'mixup', mixAlpha: 1, seed: 3 }, 1)).toBe(single)
  })

  it('mixup adds images and targets up in the same proportion', () => {
    const result = mixed('mixup')
    const kept = keptOf(result)
    expect(kept).toBeGreaterThan(0)
    expect(kept).toBeLessThan(1)
    expect(result.images.data[72]).toBeCloseTo(kept * 1 + (1 - kept) * 2, 5)
    expect([...result.targets.data.subarray(3, 6)]).toEqual([0, kept, Math.fround(1 - kept)])
  })

  it('cutmix takes a rectangle of the other image, and targets by its area', () => {
    for (const step of [1, 2, 3, 4, 5, 6]) {
      const result = mixed('cutmix', step)
      const own = result.images.data.subarray(72, 108)
      const share = own.filter((value) => value === 1).length / 36
      expect(own.every((value) => value === 1 || value === 2)).toBe(true)
      expect(keptOf(result)).toBeCloseTo(share, 6)
    }
  })

  it('is drawn from seed and step, and leaves what was given alone', () => {
    const before = images.data.slice()
    expect(mixed('either', 5)).toEqual(mixed('either', 5))
    expect(keptOf(mixed('mixup', 1))).not.toBe(keptOf(mixed('mixup', 2)))
    expect(images.data).toEqual(before)
  })

  it('draws shares that spread as Beta(alpha, alpha) does', () => {
    const shares = (alpha: number): readonly number[] =>
      Array.from({ length: 3000 }, (_, step) => keptOf(mixed('mixup', step, alpha)))
    const variance = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / values.length
    // Of Beta(a, a): 1 / (4 (2 a + 1)).
    for (const alpha of [0.2, 1, 4]) expect(variance(shares(alpha)) * 4 * (2 * alpha + 1)).toBeCloseTo(1, 1)
  })
})
