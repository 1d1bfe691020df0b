import { expect, it } from 'vitest'
import { isRange, satisfies } from './version-range.js'

it.each([
  ['1.2.3', '1.2.3', true],
  ['1.2.4', '1.2.3', false],
  ['1.2.4', '=1.2.3', false],
  ['9.0.0', '*', true],
  ['1.2.3', '^1.2.3', true],
  ['1.9.0', '^1.2.3', true],
  ['2.0.0', '^1.2.3', false],
  ['1.2.2', '^1.2.3', false],
  ['0.2.9', '^0.2.3', true],
  ['0.3.0', '^0.2.3', false],
  ['0.0.3', '^0.0.3', true],
  ['0.0.4', '^0.0.3', false],
  ['1.2.9', '~1.2.3', true],
  ['1.3.0', '~1.2.3', false],
  ['5.0.0', '>=1.2.3', true],
  ['1.2.2', '>=1.2.3', false],
  ['10.0.0', '>=9.0.0', true],
  ['1.2.3-beta.1', '^1.2.3', false],
  ['1.2.3', '^1.2.3-beta.1', true],
  ['1.2.3-beta.10', '>=1.2.3-beta.9', true],
  ['1.2.3-1', '>=1.2.3-beta', false],
  ['1.2.3+build', '1.2.3', true],
  ['2.0.0-rc.1', '^1.2.3', false],
  ['1.2', '^1.0.0', false],
  ['1.2.3', 'latest', false],
])('version %s in range %s: %s', (version, range, expected) => {
  expect(satisfies(version, range)).toBe(expected)
})

it('knows which texts are ranges', () => {
  const ranges = ['*', '1.0.0', '^1.0.0', '~1.0.0', '>= 1.0.0', '1', '1.x', '<2.0.0', '1.0.0 || 2.0.0']
  expect(ranges.filter((range) => !isRange(range))).toEqual([])
  expect(['', ' ', 'latest', '^', 'https://example.org'].filter(isRange)).toEqual([])
})
