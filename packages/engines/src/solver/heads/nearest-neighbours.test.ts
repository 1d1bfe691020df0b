import { expect, it } from 'vitest'
import { singleLabel } from '../../tasks/index.js'
import { rowLosses } from '../../training/solve/row-losses.js'
import { type NeighboursProblem, sharesOf, sharesOfOthers, solveNeighbours } from './nearest-neighbours.js'

const columns = 4
/** Four corners in turn for two classes, which no plane tells apart. */
const corners = [
  [1, 1],
  [-1, -1],
  [1, -1],
  [-1, 1],
] as const
const rows = 24
const labels = Array.from({ length: rows }, (_, row) => (row % 4 < 2 ? 0 : 1))
const features = Float32Array.from({ length: rows * columns }, (_, place) => {
  const [row, k] = [Math.floor(place / columns), place % columns]
  return (corners[row % 4]?.[k] ?? 0) * 3 + Math.sin(place * 1.7) * 0.4
})

const problemOf = (changes: Partial<NeighboursProblem> = {}): NeighboursProblem => ({
  features,
  rows,
  columns,
  classes: 2,
  groups: [{ from: 0, to: columns }],
  softness: 1,
  gains: [[1]],
  scoreOf: rowLosses(singleLabel, labels, 2, { labelSmoothing: 0 }),
  hits: (chosen, logits) =>
    singleLabel.hits(
      { values: logits, width: 2 },
      Array.from(chosen, (row) => labels[row]!),
    ),
  classesOf: (row) => [labels[row]!],
  imageOf: String,
  logitOf: (share) => Math.log(Math.max(1e-6, share)),
  ...changes,
})

it('tells apart what no plane does, and says so of rows that were left out', async () => {
  const head = await solveNeighbours(problemOf())
  const chosen = head.candidates.find(({ setting }) => setting === head.sharpness)
  expect(chosen?.hitRate).toBe(1)
  expect(head.candidates.every(({ loss }) => loss >= (chosen?.loss ?? 0))).toBe(true)
})

it('stores every row with length 1', async () => {
  const { keys } = await solveNeighbours(problemOf())
  for (let row = 0; row < rows; row++)
    expect(Math.hypot(...keys.subarray(row * columns, (row + 1) * columns))).toBeCloseTo(1, 12)
})

it('never asks views of one image about each other', async () => {
  // Pairs of rows share an image; each pair is of one class, and no other row is like it.
  const paired = problemOf({ imageOf: (row) => String(Math.floor(row / 12)), classesOf: (row) => [row < 12 ? 0 : 1] })
  const { candidates } = await solveNeighbours({ ...paired, scoreOf: problemOf().scoreOf })
  // With its own image left out every row has only neighbours of the other class.
  const shares = candidates.map(({ hitRate }) => hitRate)
  expect(Math.max(...shares)).toBeLessThan(0.8)
})

it('gives shares that are softmax over cosines, added up by class', () => {
  const [first = 0, second = 0] = sharesOf([0.9, 0.1, 0.5], { rows: 3, classes: 2, classesOf: (row) => [row % 2] }, 4)
  const weights = [0.9, 0.1, 0.5].map((cosine) => Math.exp(4 * cosine))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  expect(first).toBeCloseTo(((weights[0] ?? 0) + (weights[2] ?? 0)) / total, 12)
  expect(second).toBeCloseTo((weights[1] ?? 0) / total, 12)
})

it('asks every row of all others but those of its own image', () => {
  // Two pairs of images that are alike; without its own image each is nearest to the other pair.
  const cosines = [
    [1, 0.9, 0.1, 0.2],
    [0.9, 1, 0.1, 0.2],
    [0.1, 0.1, 1, 0.8],
    [0.2, 0.2, 0.8, 1],
  ].flat()
  const answers = (isSame: (one: number, other: number) => boolean) => {
    const shares = sharesOfOthers(cosines, Int32Array.of(0, 0, 1, 1), 2, isSame)
    return [0, 1, 2, 3].map((row) => ((shares[2 * row] ?? 0) > (shares[2 * row + 1] ?? 0) ? 0 : 1))
  }
  expect(answers((one, other) => one === other)).toEqual([0, 0, 1, 1])
  expect(answers((one, other) => one >> 1 === other >> 1)).toEqual([1, 1, 0, 0])
})
