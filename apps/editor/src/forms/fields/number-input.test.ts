import { describe, expect, test } from 'vitest'
import type { Range } from './field.js'
import { clamp, describeBounds, readNumber, showNumber, sliderStep, stepNumber } from './number-input.js'

const range = (min: number | null, max: number | null, integer = false): Range => ({
  min,
  max,
  integer,
  aboveMin: false,
  belowMax: false,
})

describe('a typed number', () => {
  test.each([
    ['0.001', 0.001],
    ['1e-3', 0.001],
    ['0,5', 0.5],
    [' 12 ', 12],
    ['-.5', -0.5],
  ])('%s is %d', (text, value) => expect(readNumber(text)).toBe(value))
  test.each(['', 'abc', '1.2.3', '0x10', '1e', '--1', '1e999'])('"%s" is none', (text) =>
    expect(readNumber(text)).toBeNull(),
  )
  test('is shown as a person would write it', () => {
    expect([showNumber(0.001), showNumber(30), showNumber(0.1 + 0.2), showNumber(4 / 3)]).toEqual([
      '0.001',
      '30',
      '0.3',
      '1.33333',
    ])
  })
})

describe('a step', () => {
  test('follows the size of the number', () => {
    expect(stepNumber(0.001, 1, range(0, 100))).toBe(0.002)
    expect(stepNumber(0.001, -1, range(0, 100))).toBe(0.0009)
    expect(stepNumber(0.01, -1, range(0, null))).toBe(0.009)
  })

  test('is 1 for whole numbers, 10 with Shift', () => {
    expect([stepNumber(5, 1, range(1, 10, true)), stepNumber(5, -1, range(1, 10, true), true)]).toEqual([6, 1])
  })

  test('stays in the range', () => {
    expect([stepNumber(0.98, 1, range(0, 1)), stepNumber(0, -1, range(0, 1))]).toEqual([1, 0])
  })

  test('up then down returns to the start for fractions', () => {
    for (const value of [0.2, 0.5, 0.9])
      expect(stepNumber(stepNumber(value, 1, range(0, 1)), -1, range(0, 1))).toBeCloseTo(value, 10)
  })
})

test('clamping rounds whole numbers', () =>
  expect([clamp(3.6, range(0, 10, true)), clamp(-1, range(0, 1)), clamp(7, range(null, null))]).toEqual([4, 0, 7]))

test('sliders have about a hundred stops', () => {
  for (const [min, max] of [
    [0, 1],
    [0, 180],
    [1, 4],
    [0, 0.5],
  ] as const) {
    const stops = (max - min) / sliderStep(range(min, max))
    expect(stops).toBeGreaterThanOrEqual(50)
    expect(stops).toBeLessThanOrEqual(500)
  }
})

test('bounds are said in words', () => {
  expect([
    describeBounds(range(0, 1)),
    describeBounds(range(1, null)),
    describeBounds(range(null, 5)),
    describeBounds(range(null, null)),
    describeBounds({ ...range(0, null), aboveMin: true }),
    describeBounds({ ...range(0, 1), aboveMin: true }),
  ]).toEqual(['From 0 to 1.', 'At least 1.', 'At most 5.', '', 'More than 0.', 'More than 0, at most 1.'])
})
