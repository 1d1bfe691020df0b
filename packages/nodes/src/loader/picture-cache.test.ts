import { expect, it } from 'vitest'
import type { Picture } from './picture.js'
import { PictureCache } from './picture-cache.js'

const picture = (bytes: number): Picture => ({ width: 1, height: 1, data: new Uint8Array(bytes) })

it('forgets the picture that was not used for longest, and never holds more than its limit', () => {
  const cache = new PictureCache(100)
  for (const key of ['a', 'b', 'c', 'd']) cache.set(key, picture(25))
  cache.get('a')
  cache.set('e', picture(25))
  expect(['a', 'b', 'c', 'd', 'e'].filter((key) => cache.get(key) !== undefined)).toEqual(['a', 'c', 'd', 'e'])
  expect(cache.bytes).toBe(100)
})

it('does not let one large picture push out the others', () => {
  const cache = new PictureCache(100)
  cache.set('small', picture(20))
  cache.set('large', picture(90))
  expect([cache.get('small') !== undefined, cache.get('large') !== undefined]).toEqual([true, false])
})
