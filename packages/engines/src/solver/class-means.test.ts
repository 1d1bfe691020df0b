import { createRandom } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { multiLabel, singleLabel } from '../tasks/index.js'
import { rowLosses } from '../training/solve/row-losses.js'
import { type MeansProblem, solveMeans } from './class-means.js'

const columns = 12

/** Rows around one centre per class; with `several`, around the sum of the centres of their classes. */
function problemOf(seed: number, rows: number, several: boolean, changes: Partial<MeansProblem> = {}) {
  const random = createRandom(seed)
  const centres = Float64Array.from({ length: 3 * columns }, () => 4 * random() - 2)
  const labels = Array.from({ length: rows }, (_, row) => (several ? [0, 1, 2].filter(() => random() < 0.4) : row % 3))
  const own = (row: number): readonly number[] => [labels[row]!].flat()
  const features = Float32Array.from({ length: rows * columns }, (_, place) => {
    const [row, k] = [Math.floor(place / columns), place % columns]
    return own(row).reduce((sum, c) => sum + centres[c * columns + k]!, 0) + random() + 5
  })
  const task = several ? multiLabel : singleLabel
  const problem: MeansProblem = {
    features,
    rows,
    columns,
    classes: 3,
    groups: [
      { from: 0, to: 5 },
      { from: 5, to: columns },
    ],
    softness: 1,
    gains: [[1, 1]],
    folds: Int32Array.from({ length: rows }, (_, row) => Math.floor(row / 3) % 4),
    scoreOf: rowLosses(task, labels, 3, { labelSmoothing: 0 }),
    hits: (chosen, logits) =>
      task.hits(
        { values: logits, width: 3 },
        Array.from(chosen, (row) => labels[row]!),
      ),
    classesOf: own,
    several,
    ...changes,
  }
  return { problem, labels, own, task }
}

const logitsOf = ({ features, rows }: MeansProblem, { weight, bias }: { weight: Float64Array; bias: Float64Array }) =>
  Float64Array.from({ length: rows * 3 }, (_, place) => {
    const [row, c] = [Math.floor(place / 3), place % 3]
    let sum = bias[c]!
    for (let k = 0; k < columns; k++) sum += weight[c * columns + k]! * features[row * columns + k]!
    return sum
  })

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
    const logits = logitsOf(problem, head)
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
