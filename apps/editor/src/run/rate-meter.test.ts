import { expect, test } from 'vitest'
import { createRateMeter } from './rate-meter.js'

test('a rate is told over the last seconds', () => {
  const meter = createRateMeter()
  expect(meter.take(0, 0)).toBeNull()
  expect(meter.take(50, 1000)).toBe(50)
  expect(meter.take(150, 2000)).toBe(75)
})

test('an old pace is forgotten', () => {
  const meter = createRateMeter()
  for (let second = 0; second <= 10; second++) meter.take(second * 100, second * 1000)
  let rate: number | null = null
  for (let second = 11; second <= 20; second++) rate = meter.take(1000 + (second - 10) * 10, second * 1000)
  expect(rate).toBeCloseTo(10, 5)
})

test('counting down starts again', () => {
  const meter = createRateMeter()
  meter.take(0, 0)
  meter.take(100, 1000)
  expect(meter.take(1, 2000)).toBeNull()
  expect(meter.take(11, 3000)).toBe(10)
})
