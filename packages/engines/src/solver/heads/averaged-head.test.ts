import { describe, expect, it } from 'vitest'
import { singleLabel } from '../../tasks/index.js'
import { eliminate } from '../../testing/eliminate.js'
import { linearLogits, rowsOfClasses } from '../../testing/rows-of-classes.js'
import { rowLosses } from '../../training/solve/row-losses.js'
import { type AveragedProblem, solveAveraged } from './averaged-head.js'

const columns = 14
const stage = 6

/** Rows whose second stage tells their classes and whose first is noise; with `several`, any number of classes each. */
function problemOf(seed: number, rows: number, several: boolean, changes: Partial<AveragedProblem> = {}) {
  const { problem: made, ...rest } = rowsOfClasses(seed, { rows, columns, noise: stage, several })
  const problem: AveragedProblem = {
    ...made,
    groups: [
      { from: 0, to: stage },
      { from: stage, to: columns },
    ],
    gains: [
      [1, 0],
      [0.6, 1],
      [0, 1],
    ],
    penalties: null,
    views: 1,
    ...changes,
  }
  return { problem, ...rest }
}

const draw = (): number => Math.floor(Math.random() * 2 ** 31)

describe('solveAveraged', () => {
  // With more features than rows it is solved in the rows' own coordinates.
  it.each([9, 40])('is the mean of ridge regressions by their Gaussian evidence, for %i rows', async (rows) => {
    const seed = draw()
    const { problem, own } = problemOf(seed, rows, false)
    const head = await solveAveraged(problem)
    const expected = directly(problem, own, head)
    const given = linearLogits(problem, head)
    const largest = Math.max(...expected.map(Math.abs))
    given.forEach((value, place) =>
      expect(Math.abs(value / head.sharpness - expected[place]!), `seed ${seed}`).toBeLessThan(1e-6 * largest),
    )
  })

  it('gives next to nothing on a stage that tells nothing, and is sure of what it has learned', async () => {
    const seed = draw()
    const { problem, labels, task } = problemOf(seed, 60, false)
    const head = await solveAveraged(problem)
    expect(head.gains[0], `seed ${seed}`).toBeLessThan(0.1)
    expect(head.gains[1], `seed ${seed}`).toBeCloseTo(1, 3)
    const right = task.hits({ values: linearLogits(problem, head), width: 3 }, labels)
    expect(right, `seed ${seed}`).toBeGreaterThan(55)
    const chosen = head.candidates.find(({ setting }) => setting === head.sharpness)
    expect(chosen?.loss, `seed ${seed}`).toBe(Math.min(...head.candidates.map(({ loss }) => loss)))
    expect(chosen?.loss, `seed ${seed}`).toBeLessThan(0.5)
  })

  it('tells every class from its absence where an image may have several', async () => {
    const seed = draw()
    const { problem, own } = problemOf(seed, 80, true)
    const logits = linearLogits(problem, await solveAveraged(problem))
    const right = logits.filter((value, place) => value > 0 === own(Math.floor(place / 3)).includes(place % 3))
    expect(right.length / logits.length, `seed ${seed}`).toBeGreaterThan(0.9)
  })

  it('takes a penalty that is given, and a middling sharpness where nothing can be compared', async () => {
    const seed = draw()
    const gains = [[1, 1]]
    const { problem, own } = problemOf(seed, 12, false, { gains, penalties: [0.25], folds: new Int32Array(12) })
    const head = await solveAveraged(problem)
    expect(head.candidates).toEqual([])
    expect(head.sharpness).toBe(8)
    const expected = directly(problem, own, head)
    linearLogits(problem, head).forEach((value, place) =>
      expect(Math.abs(value / 8 - expected[place]!), `seed ${seed}`).toBeLessThan(1e-6),
    )
  })

  it.each([
    ['a fold holds all images of a class', (row: number) => (row === 0 ? 1 : 0)],
    ['there is one class only', () => 0],
  ])('stays a head where %s', async (_, labelOf) => {
    const seed = draw()
    const { problem } = problemOf(seed, 11, false)
    const labels = Array.from({ length: 11 }, (_, row) => labelOf(row))
    const head = await solveAveraged({
      ...problem,
      classes: 2,
      classesOf: (row) => [labels[row]!],
      scoreOf: rowLosses(singleLabel, labels, 2, { labelSmoothing: 0 }),
      hits: () => 0,
    })
    expect([...head.weight, ...head.bias, head.sharpness].every(Number.isFinite), `seed ${seed}`).toBe(true)
    expect(
      head.candidates.every(({ loss }) => Number.isFinite(loss)),
      `seed ${seed}`,
    ).toBe(true)
  })

  it.each([9, 40])('learns nothing of %i images that are all the same', async (rows) => {
    const { problem } = problemOf(draw(), rows, false)
    const features = problem.features.map((_, place) => problem.features[place % columns]!)
    const head = await solveAveraged({ ...problem, features })
    expect(head.weight.every((value) => value === 0)).toBe(true)
    expect([...head.bias, head.sharpness].every(Number.isFinite)).toBe(true)
  })

  it.each([9, 40])('gives the same answers however large the features of %i images are', async (rows) => {
    const seed = draw()
    const { problem } = problemOf(seed, rows, false)
    const usual = await solveAveraged(problem)
    const large = await solveAveraged({ ...problem, features: problem.features.map((value) => value * 2 ** 80) })
    expect(large.sharpness, `seed ${seed}`).toBe(usual.sharpness)
    large.weight.forEach((value, place) => expect(value * 2 ** 80, `seed ${seed}`).toBeCloseTo(usual.weight[place]!, 4))
  })

  it('believes ten views of an image no more than the image', async () => {
    const seed = draw()
    const { problem, own } = problemOf(seed, 18, false)
    const { gains: once } = await solveAveraged(problem)
    const views = Array.from({ length: 10 }, () => [...problem.features])
    const { gains: tenfold } = await solveAveraged({
      ...problem,
      rows: 180,
      features: Float32Array.from(views.flat()),
      folds: new Int32Array(180),
      classesOf: (row: number) => own(row % 18),
      views: 10,
    })
    tenfold.forEach((gain, stageIndex) => expect(gain, `seed ${seed}`).toBeCloseTo(once[stageIndex]!, 2))
  })
})

/** The same from its definition: in the rows' kernel, with determinants, one model after the other. */
function directly(
  { features, rows, groups, gains, penalties }: AveragedProblem,
  own: (row: number) => readonly number[],
  { means, deviations }: { means: Float64Array; deviations: Float64Array },
): Float64Array {
  const targets = Float64Array.from({ length: rows * 3 }, (_, place) =>
    own(Math.floor(place / 3)).includes(place % 3) ? 1 : 0,
  )
  const level = [0, 1, 2].map((c) => targets.filter((_, place) => place % 3 === c).reduce((a, b) => a + b, 0) / rows)
  const centred = targets.map((value, place) => value - level[place % 3]!)
  const models = gains.flatMap((those) => {
    const at = (row: number, k: number): number =>
      (those[groups.findIndex(({ to }) => k < to)]! * (features[row * columns + k]! - means[k]!)) / deviations[k]!
    const kernel = Float64Array.from({ length: rows * rows }, (_, place) => {
      let sum = 0
      for (let k = 0; k < columns; k++) sum += at(Math.floor(place / rows), k) * at(place % rows, k)
      return sum
    })
    const square = kernel.reduce((sum, value, place) => sum + (place % (rows + 1) === 0 ? value : 0), 0) / rows
    const grid =
      penalties?.map((penalty) => penalty * rows) ?? Array.from({ length: 13 }, (_, i) => square * 10 ** (1 - i / 2))
    return grid.map((penalty) => {
      const penalised = kernel.map((value, place) => value + (place % (rows + 1) === 0 ? penalty : 0))
      const { solution, logDeterminant } = eliminate(penalised, centred, rows, 3)
      const left = penalty * solution.reduce((sum, value, place) => sum + value * centred[place]!, 0)
      const evidence = -((rows - 1) * Math.log(left) + logDeterminant - rows * Math.log(penalty)) / 2
      const answers = centred.map((value, place) => value - penalty * solution[place]! + level[place % 3]!)
      return { evidence, answers }
    })
  })
  const most = Math.max(...models.map(({ evidence }) => evidence))
  const shares = models.map(({ evidence }) => Math.exp(evidence - most))
  const total = shares.reduce((sum, share) => sum + share, 0)
  return centred.map((_, place) =>
    models.reduce((sum, { answers }, index) => sum + (shares[index]! / total) * answers[place]!, 0),
  )
}
