import { expect, it } from 'vitest'
import type { Picture } from './picture.js'
import { PictureCache } from './picture-cache.js'

const picture = (bytes: number): Picture => ({ width: 1, height: 1, data: new Uint8Array(bytes) })

it('gives what fits of a set that is larger than it, epoch after epoch, and never holds more than its limit', () => {
  const cache = new PictureCache(100)
  const keys = ['a', 'b', 'c', 'd', 'e']
  for (let epoch = 0; epoch < 3; epoch++) {
    const found = keys.filter((key) => {
      const known = cache.get(key) !== undefined
      cache.set(key, picture(25))
      return known
    })
    expect(found).toEqual(epoch === 0 ? [] : ['a', 'b', 'c', 'd'])
    expect(cache.bytes).toBe(100)
  }
})

it('goes on filling up with smaller pictures when a large one does not fit any more', () => {
  const cache = new PictureCache(100)
  for (const [key, bytes] of [
    ['a', 25],
    ['b', 25],
    ['c', 25],
    ['d', 20],
    ['e', 10],
    ['f', 5],
  ] as const)
    cache.set(key, picture(bytes))
  expect(['d', 'e', 'f'].map((key) => cache.get(key) !== undefined)).toEqual([true, false, true])
})

it('does not let one large picture push out the others', () => {
  const cache = new PictureCache(100)
  cache.set('small', picture(20))
  cache.set('large', picture(90))
  expect([cache.get('small') !== undefined, cache.get('large') !== undefined]).toEqual([true, false])
})
