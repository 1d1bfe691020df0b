import { expect, test } from 'vitest'
import { latestOf } from './latest-of.js'

test('the first value comes at once, of a burst only the newest follows, and none that is last is lost', () => {
  const given: number[] = []
  const waiting: (() => void)[] = []
  const take = latestOf<number>(
    (value) => given.push(value),
    (then) => waiting.push(then),
  )
  for (const value of [1, 2, 3, 4]) take(value)
  expect(given).toEqual([1])
  waiting.shift()?.()
  expect(given).toEqual([1, 4])
  waiting.shift()?.()
  expect(given).toEqual([1, 4])
  take(5)
  expect(given).toEqual([1, 4, 5])
})
