import { describe, expect, it } from 'vitest'
import { ImagePool, viewOfPlace } from './image-pool.js'

describe('the pool of images', () => {
  it('gives places that do not overlap until there are none, and those given back first', () => {
    const pool = new ImagePool(3, 4)
    const places = [pool.take(), pool.take(), pool.take()] as number[]
    expect(pool.take()).toBeNull()
    places.forEach((place, index) => pool.view(place).fill(index + 1))
    expect(places.map((place) => [...viewOfPlace(pool.memory, place, 4)])).toEqual([
      [1, 1, 1, 1],
      [2, 2, 2, 2],
      [3, 3, 3, 3],
    ])
    pool.give(places[1]!)
    expect(pool.take()).toBe(places[1])
  })
})
