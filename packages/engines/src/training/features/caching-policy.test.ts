import { describe, expect, it } from 'vitest'
import { decideCaching } from './caching-policy.js'

const question = {
  choice: 'auto',
  featureLength: 512,
  inputShape: [3, 224, 224],
  records: 1000,
  onDisk: true,
  readAgain: true,
} as const

describe('decideCaching', () => {
  it('caches pooled features', () => expect(decideCaching(question).cache).toBe(true))

  it('keeps off where features outweigh the images: more than 4 bytes per pixel byte', () => {
    expect(decideCaching({ ...question, featureLength: 3 * 224 * 224 }).cache).toBe(true)
    expect(decideCaching({ ...question, featureLength: 3 * 224 * 224 + 1 })).toMatchObject({
      cache: false,
      reason: expect.stringContaining('the cut is so early'),
    })
  })

  it('keeps off where all views together exceed the budget, which is smaller without a disk', () => {
    expect(decideCaching({ ...question, featureLength: 2 ** 15, records: 2 ** 14 }).cache).toBe(true)
    expect(decideCaching({ ...question, featureLength: 2 ** 15, records: 2 ** 14 + 1 })).toMatchObject({
      cache: false,
      reason: expect.stringContaining('2048.0 MiB'),
    })
    expect(decideCaching({ ...question, featureLength: 2 ** 15, records: 2 ** 12, onDisk: false }).cache).toBe(false)
  })

  it('keeps off where nothing is read twice', () =>
    expect(decideCaching({ ...question, onDisk: false, readAgain: false }).cache).toBe(false))

  it('does as it is told', () => {
    expect(decideCaching({ ...question, choice: 'off' }).cache).toBe(false)
    expect(decideCaching({ ...question, choice: 'on', featureLength: 1e9 }).cache).toBe(true)
  })
})
