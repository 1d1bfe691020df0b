import { createRandom } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { cacheLimits } from '../../cache/limits.js'
import { MemoryBudget } from './memory-budget.js'

describe('the memory budget', () => {
  it('drops what was used longest ago, of whichever cache, and counts by cache', () => {
    const dropped: string[] = []
    const budget = new MemoryBudget(100)
    const owners = { a: {}, b: {}, c: {} }
    const hold = (name: keyof typeof owners, cache: string, bytes: number): void =>
      budget.hold(owners[name], cache, bytes, () => dropped.push(name))
    hold('a', 'events', 40)
    hold('b', 'lists', 40)
    hold('a', 'events', 50)
    expect(dropped).toEqual([])
    hold('c', 'lists', 30)
    expect(dropped).toEqual(['b'])
    expect(Object.fromEntries(budget.byCache())).toEqual({ events: 50, lists: 30 })
    budget.release(owners.a)
    expect(budget.bytes).toBe(30)
  })

  it('does not keep what is larger than all of it', () => {
    let gone = false
    const budget = new MemoryBudget(100)
    budget.hold({}, 'lists', 101, () => {
      gone = true
    })
    expect([gone, budget.bytes]).toEqual([true, 0])
  })

  it('is never exceeded, and adds up, whatever is held and released', () => {
    const seed = Date.now() % 1_000_000
    const random = createRandom(seed)
    const budget = new MemoryBudget(1000)
    const owners = Array.from({ length: 20 }, () => ({}))
    const held = new Map<object, number>()
    for (let step = 0; step < 2000; step++) {
      const owner = owners[Math.floor(random() * owners.length)] ?? {}
      if (random() < 0.2) {
        budget.release(owner)
        held.delete(owner)
      } else {
        const bytes = Math.floor(random() * 400)
        held.set(owner, bytes)
        budget.hold(owner, 'x', bytes, () => held.delete(owner))
      }
      expect(budget.bytes, `seed ${seed}`).toBeLessThanOrEqual(1000)
      expect(budget.bytes, `seed ${seed}`).toBe([...held.values()].reduce((sum, bytes) => sum + bytes, 0))
    }
  })

  it('comes from the environment, where it is a number', () => {
    expect(
      ['64', '0', 'much', undefined].map((text) => cacheLimits({ GRAFT_MEMORY_LIMIT_MB: text }).memory / 2 ** 20),
    ).toEqual([64, 512, 512, 512])
  })
})
