import { expect, it } from 'vitest'
import { mostForLeastSquares, refuseTooMany } from './limits.js'

it('least squares takes many images of few features, and as many features as there may be of few images', () => {
  for (const [rows, columns] of [
    [mostForLeastSquares, 100_000],
    [100_000, 1000],
  ] as const)
    expect(() => refuseTooMany('leastSquares', { rows, columns })).not.toThrow()
  expect(() => refuseTooMany('leastSquares', { rows: mostForLeastSquares + 1, columns: 1001 })).toThrow(
    `at most ${mostForLeastSquares} images`,
  )
})

it('limits of one method are none of the others', () => {
  expect(() => refuseTooMany('solver', { rows: 100_000, columns: 100_000 })).not.toThrow()
  expect(() => refuseTooMany('nearestNeighbours', { rows: 5000, columns: 5000 })).not.toThrow()
  expect(() => refuseTooMany('nearestNeighbours', { rows: 100_000, columns: 10 })).toThrow('Expected 20000 at most')
})
