import { createRandom } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { eliminate } from '../../testing/eliminate.js'
import { solveTridiagonal, tridiagonalise } from './tridiagonal.js'

describe('tridiagonalise', () => {
  it.each([1, 2, 3, 24])('solves a symmetric system of size %i, and tells its determinant', (size) => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const random = createRandom(seed)
    const root = Float64Array.from({ length: size * size }, () => random() - 0.5)
    const matrix = Float64Array.from({ length: size * size }, (_, place) => {
      const [i, j] = [Math.floor(place / size), place % size]
      return Array.from({ length: size }, (__, k) => root[i * size + k]! * root[j * size + k]!).reduce(
        (a, b) => a + b,
        0,
      )
    })
    const wanted = Float64Array.from({ length: size * 2 }, () => random())
    const penalised = matrix.map((value, place) => value + (place % (size + 1) === 0 ? 0.1 : 0))
    const { solution: expected, logDeterminant } = eliminate(penalised, wanted, size, 2)
    const reduced = tridiagonalise(matrix, size)
    const turned = wanted.slice()
    reduced.turn(turned, 2)
    const solved = solveTridiagonal(reduced, 0.1, turned, 2)
    reduced.turnBack(solved.solution, 2)
    solved.solution.forEach((value, place) => expect(value, `seed ${seed}`).toBeCloseTo(expected[place]!, 9))
    expect(solved.logDeterminant, `seed ${seed}`).toBeCloseTo(logDeterminant, 9)
  })
})
