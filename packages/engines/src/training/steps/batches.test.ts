import { describe, expect, it } from 'vitest'
import { planBatches } from './batches.js'

const base = { count: 10, batchSize: 4, shuffle: true, seed: 7, dropLast: 'auto', batchStatistics: false } as const

describe('planBatches', () => {
  it('covers every image once an epoch, in another order each epoch, the same for the same seed', () => {
    const plan = planBatches(base)
    const first = plan.epoch(0).flat()
    expect([...first].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(plan.epoch(1).flat()).not.toEqual(first)
    expect(planBatches(base).epoch(0).flat()).toEqual(first)
    expect(
      planBatches({ ...base, seed: 8 })
        .epoch(0)
        .flat(),
    ).not.toEqual(first)
    expect(plan.epoch(0).map((batch) => batch.length)).toEqual([4, 4, 2])
    expect(plan.stepsPerEpoch).toBe(3)
  })

  it('lets classes come equally often where they are to, whatever their sizes', () => {
    const groups = [[0, 1, 2, 3, 4, 5, 6, 7], [8], []]
    const plan = planBatches({ ...base, groups })
    for (const epoch of [0, 1, 2]) {
      const order = plan.epoch(epoch).flat()
      expect(order).toHaveLength(10)
      expect(order.filter((image) => image === 8)).toHaveLength(5)
      expect(new Set(order.filter((image) => image < 8)).size).toBe(5)
    }
    expect(plan.epoch(1)).toEqual(planBatches({ ...base, groups }).epoch(1))
    expect(plan.epoch(1)).not.toEqual(plan.epoch(0))
  })

  it('keeps the order without shuffling', () => {
    expect(
      planBatches({ ...base, shuffle: false })
        .epoch(3)
        .flat(),
    ).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it.each([
    ['one image left over and batch statistics', { count: 9, batchStatistics: true }, [4, 4]],
    ['one image left over and no batch statistics', { count: 9 }, [4, 4, 1]],
    ['two images left over and batch statistics', { batchStatistics: true }, [4, 4, 2]],
    ['always', { dropLast: 'always' }, [4, 4]],
    ['never', { count: 9, batchStatistics: true, dropLast: 'never' }, [4, 4, 1]],
    ['the only batch', { count: 3, dropLast: 'always' }, [3]],
    ['the only batch of one', { count: 1, batchStatistics: true }, [1]],
  ] as const)('decides on the last batch: %s', (_, changes, sizes) => {
    const plan = planBatches({ ...base, ...changes })
    expect(plan.epoch(0).map((batch) => batch.length)).toEqual(sizes)
    expect(plan.stepsPerEpoch).toBe(sizes.length)
    for (const steps of [0, 1, sizes.length])
      expect(plan.imagesIn(steps)).toBe(plan.epoch(0).slice(0, steps).flat().length)
  })
})
