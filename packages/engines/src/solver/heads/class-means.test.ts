import { describe, expect, it } from 'vitest'
import { linearLogits, rowsOfClasses } from '../../testing/rows-of-classes.js'
import { type MeansProblem, solveMeans } from './class-means.js'

const columns = 12

/** Rows around one centre per class; with `several`, around the sum of the centres of their classes. */
function problemOf(seed: number, rows: number, several: boolean, changes: Partial<MeansProblem> = {}) {
  const { problem: made, labels } = rowsOfClasses(seed, { rows, columns, several })
  const problem: MeansProblem = {
    ...made,
    groups: [
      { from: 0, to: 5 },
      { from: 5, to: columns },
    ],
    gains: [[1, 1]],
    ...changes,
  }
  return { problem, labels }
}

describe('solveMeans', () => {
  it('gives every row the class whose mean is nearest, by standardised features', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const { problem, labels } = problemOf(seed, 30, false, { gains: [[0.5, 1]] })
    const head = await solveMeans(problem)
    const scaled = (row: number, k: number): number =>
      ((k < 5 ? 0.5 : 1) * (problem.features[row * columns + k]! - head.means[k]!)) / head.deviations[k]!
    const mean = (c: number, k: number): number => {
      const rows = [...labels.keys()].filter((row) => labels[row] === c)
      return rows.reduce((sum, row) => sum + scaled(row, k) / rows.length, 0)
    }
    const logits = linearLogits(problem, head)
    for (let row = 0; row < 30; row++) {
      const distances = [0, 1, 2].map((c) => {
        let sum = 0
        for (let k = 0; k < columns; k++) sum += (scaled(row, k) - mean(c, k)) ** 2
        return sum
      })
      const own = logits.subarray(row * 3, row * 3 + 3)
      // Differences of logits are those of the halved squared distances, times one factor.
      const factor = (own[0]! - own[1]!) / (distances[1]! - distances[0]!)
      expect((own[0]! - own[2]!) / (distances[2]! - distances[0]!), `seed ${seed}`).toBeCloseTo(factor, 6)
      expect(factor).toBeGreaterThan(0)
    }
  })

  it.each([
    ['one class per row', false],
    ['several', true],
  ])('is right on rows that it has not seen, and says how often: %s', async (_, several) => {
    const { problem } = problemOf(3, 60, several)
    const head = await solveMeans(problem)
    const chosen = head.candidates.find(({ setting }) => setting === head.sharpness)
    expect(chosen?.hitRate).toBeGreaterThan(0.8)
    expect(chosen?.loss).toBe(Math.min(...head.candidates.map(({ loss }) => loss)))
    expect((await solveMeans(problem)).weight).toEqual(head.weight)
  })

  it('compares nothing with one fold, and takes gains of 0 as not there', async () => {
    const { problem } = problemOf(4, 12, false, { folds: new Int32Array(12), gains: [[0, 1]] })
    const head = await solveMeans(problem)
    expect(head.candidates).toEqual([])
    expect(head.weight.filter((value, place) => place % columns < 5 && value !== 0)).toHaveLength(0)
  })
})
