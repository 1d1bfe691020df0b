import { expect, test } from 'vitest'
import { describeStages, quadrants } from './quadrants.js'

test('every corner of the plane is there once', () => {
  expect(new Set(quadrants.map(({ size, similarity }) => `${size} ${similarity}`)).size).toBe(4)
})

test('a recipe is told in words', () => {
  expect(describeStages(['frozen', 'slow', 'cut', 'cut'])).toBe(
    '1 of 4 stages kept as it is, 1 of 4 stages trained slowly, 2 of 4 stages cut off, a new head trained',
  )
})
