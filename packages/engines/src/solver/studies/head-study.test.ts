import { createRandom, normal } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { stratifiedFolds } from '../validation/folds.js'
import { openHeadStudy } from './head-study.js'

const columns = 12

/** Rows of classes whose means lie `apart` in units of their deviation. */
function made(classes: number, perClass: number, apart: number, seed: number) {
  const random = createRandom(seed)
  const labels = Int32Array.from({ length: classes * perClass }, (_, row) => row % classes)
  const features = Float32Array.from({ length: labels.length * columns }, (_, place) => {
    const label = Math.floor(place / columns) % classes
    return normal(random) + (place % columns === label ? apart : 0)
  })
  const items = [...labels].map((label, row) => ({ group: `${row}`, classes: [label] }))
  const folds = stratifiedFolds(items, Math.min(5, perClass), createRandom(seed + 1))
  const study = openHeadStudy({
    ...{ features, columns, labels, classes, softness: 1, penalties: 6 },
    ...{ groups: [{ from: 0, to: columns }], gains: [[1]] },
  })
  return { labels, folds, study }
}

const shareOf = (answers: Int32Array, labels: Int32Array): number =>
  answers.filter((answer, row) => answer === labels[row]).length / labels.length

describe('a head study', () => {
  it('tells classes that lie apart by heads that had not seen the row', async () => {
    const { labels, folds, study } = made(3, 20, 4, 1)
    const { answers, confidence } = await study.outOfFold(folds)
    expect(shareOf(answers, labels)).toBeGreaterThan(0.9)
    expect(confidence.every((sure) => sure > 1 / 3 - 1e-6 && sure <= 1)).toBe(true)
  })

  it('is right about as often as guessing where there is nothing to tell: neither flattered nor below it', async () => {
    const shares: number[] = []
    for (let seed = 10; seed < 40; seed++) {
      const { labels, folds, study } = made(4, 5, 0, seed)
      shares.push(shareOf((await study.outOfFold(folds)).answers, labels))
    }
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
    // 600 answers at a quarter each: a deviation of 0.018, or half as much again since they go together.
    expect(mean).toBeGreaterThan(0.18)
    expect(mean).toBeLessThan(0.32)
  })

  it('answers for other rows what some rows taught', async () => {
    const { labels, study } = made(3, 20, 4, 2)
    const rows = Int32Array.from(labels.keys())
    const asked = rows.filter((row) => row >= 30)
    const answers = await study.teach(
      rows.filter((row) => row < 30),
      asked,
      { gains: 0, penalty: 2 },
    )
    expect(shareOf(answers, labels.slice(30))).toBeGreaterThan(0.85)
  })
})
