import { createRandom } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { eliminate } from '../../testing/eliminate.js'
import { createSquare, solveTridiagonal, tridiagonalise } from './tridiagonal.js'

describe('tridiagonalise', () => {
  it.each([1, 2, 3, 24, 41])('solves a symmetric system of size %i, and tells its determinant', (size) => {
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
    const square = createSquare(size)
    // Above the diagonal nothing is read.
    square.values.set(matrix.map((value, place) => (place % size > Math.floor(place / size) ? 7 : value)))
    const reduced = tridiagonalise(square)
    const turned = byVector(wanted, size)
    reduced.turn(turned)
    const solved = solveTridiagonal(reduced, 0.1, turned)
    reduced.turnBack(solved.solution)
    const given = byVector(expected, size)
    solved.solution.forEach((value, place) => expect(value, `seed ${seed}`).toBeCloseTo(given[place]!, 9))
    expect(solved.logDeterminant, `seed ${seed}`).toBeCloseTo(logDeterminant, 9)
  })
})

/** Two columns one after the other. */
const byVector = (columns: Float64Array, size: number): Float64Array =>
  columns.map((_, place) => columns[(place % size) * 2 + Math.floor(place / size)]!)
