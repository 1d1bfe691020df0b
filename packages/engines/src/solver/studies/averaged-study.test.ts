import { createRandom, normal } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { singleLabel } from '../../tasks/index.js'
import { rowLosses } from '../../training/solve/row-losses.js'
import { solveAveraged } from '../heads/averaged-head.js'
import { openAveragedStudy } from './averaged-study.js'
import { stratifiedFolds } from '../validation/folds.js'

const columns = 12
const groups = [
  { from: 0, to: 5 },
  { from: 5, to: columns },
]
const gains = [
  [0, 1],
  [0.6, 1],
  [1, 1],
]

/** Rows of classes whose means lie `apart` in units of their deviation; so many of each class. */
function made(counts: readonly number[], apart: number, seed: number) {
  const random = createRandom(seed)
  const labels = Int32Array.from(counts.flatMap((count, label) => new Array<number>(count).fill(label)))
  const features = Float32Array.from({ length: labels.length * columns }, (_, place) => {
    const label = labels[Math.floor(place / columns)]!
    return normal(random) + (place % columns === label ? apart : 0)
  })
  const items = [...labels].map((label, row) => ({ group: `${row}`, classes: [label] }))
  const folds = stratifiedFolds(items, Math.min(5, ...counts), createRandom(seed + 1))
  const problem = { features, columns, labels, classes: counts.length, softness: 1, groups, gains }
  return { labels, folds, problem, study: openAveragedStudy(problem) }
}

const shareOf = (answers: Int32Array, labels: Int32Array): number =>
  answers.filter((answer, row) => answer === labels[row]).length / labels.length

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('a study of least squares', () => {
  it('tells classes that lie apart by heads that had not seen the row', async () => {
    const { labels, folds, study } = made([20, 20, 20], 4, 1)
    const { answers, confidence } = await study.outOfFold(folds)
    expect(shareOf(answers, labels)).toBeGreaterThan(0.9)
    expect(confidence.every((sure) => sure > 1 / 3 - 1e-6 && sure <= 1)).toBe(true)
    expect(meanOf([...confidence])).toBeGreaterThan(0.8)
  })

  it('is right about as often as guessing where there is nothing to tell: neither flattered nor below it', async () => {
    const shares: number[] = []
    for (let seed = 10; seed < 40; seed++) {
      const { labels, folds, study } = made([5, 5, 5, 5], 0, seed)
      shares.push(shareOf((await study.outOfFold(folds)).answers, labels))
    }
    // 600 answers at a quarter each: a deviation of 0.018, or half as much again since they go together.
    expect(meanOf(shares)).toBeGreaterThan(0.18)
    expect(meanOf(shares)).toBeLessThan(0.32)
  })

  it('does not take a class for rare because a fold took some of it away', async () => {
    const shares: number[] = []
    for (let seed = 50; seed < 80; seed++) {
      const { labels, study } = made([7, 7], 0, seed)
      // The fold has four of the first class and none of the second.
      const folds = Int32Array.from(labels, (_, row) => (row < 4 ? 0 : 1 + (row % 3)))
      const { answers } = await study.outOfFold(folds)
      shares.push(shareOf(answers.subarray(0, 4), labels.subarray(0, 4)))
    }
    expect(meanOf(shares)).toBeGreaterThan(0.35)
  })

  it('teaches a few of many rows with all weightings, whatever counted for all of them', async () => {
    const { labels, folds, problem, study } = made([60, 60, 60], 0.7, 3)
    await study.outOfFold(folds)
    const all = Int32Array.from(labels.keys())
    const few = all.filter((row) => row % 12 === 0)
    const setting = { gains: 0, penalty: 0 }
    expect(await study.teach(few, all, setting)).toEqual(await openAveragedStudy(problem).teach(few, all, setting))
  })

  it.each([
    ['few', 12],
    ['many', 150],
  ])('answers for other rows what the head of Train answers, taught by %s rows of each class', async (_, count) => {
    const { labels, problem, study } = made([count, count, count], 1, 2)
    const all = Int32Array.from(labels.keys())
    const answers = await study.teach(all, all, { gains: 0, penalty: 0 })
    const { weight, bias } = await solveAveraged({
      ...{ ...problem, rows: labels.length, penalties: null, views: 1, several: false, hits: () => 0 },
      folds: new Int32Array(labels.length),
      classesOf: (row) => [labels[row]!],
      scoreOf: rowLosses(singleLabel, [...labels], 3, { labelSmoothing: 0 }),
    })
    const logitOf = (row: number, c: number): number =>
      Array.from({ length: columns }, (_, k) => weight[c * columns + k]! * problem.features[row * columns + k]!).reduce(
        (sum, value) => sum + value,
        bias[c]!,
      )
    const expected = all.map((row) => {
      const logits = [0, 1, 2].map((c) => logitOf(row, c))
      return logits.indexOf(Math.max(...logits))
    })
    expect(answers).toEqual(expected)
  })
})
