import { expect, it } from 'vitest'
import type { Image } from '../image/image.js'
import { ImageCache } from './image-cache.js'

const image = (bytes: number): Image => ({ width: 1, height: 1, data: new Uint8Array(bytes) })

it('gives what fits of a set that is larger than it, epoch after epoch, and never holds more than its limit', () => {
  const cache = new ImageCache(100)
  const keys = ['a', 'b', 'c', 'd', 'e']
  for (let epoch = 0; epoch < 3; epoch++) {
    const found = keys.filter((key) => {
      const known = cache.get(key) !== undefined
      cache.set(key, image(25))
      return known
    })
    expect(found).toEqual(epoch === 0 ? [] : ['a', 'b', 'c', 'd'])
    expect(cache.bytes).toBe(100)
  }
})

it('goes on filling up with smaller images when a large one does not fit any more', () => {
  const cache = new ImageCache(100)
  for (const [key, bytes] of [
    ['a', 25],
    ['b', 25],
    ['c', 25],
    ['d', 20],
    ['e', 10],
    ['f', 5],
  ] as const)
    cache.set(key, image(bytes))
  expect(['d', 'e', 'f'].map((key) => cache.get(key) !== undefined)).toEqual([true, false, true])
})

it('does not let one large image push out the others', () => {
  const cache = new ImageCache(100)
  cache.set('small', image(20))
  cache.set('large', image(90))
  expect([cache.get('small') !== undefined, cache.get('large') !== undefined]).toEqual([true, false])
})
