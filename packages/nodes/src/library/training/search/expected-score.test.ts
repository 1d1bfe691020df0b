import { describe, expect, it } from 'vitest'
import { mulberry32 } from '../../../random.js'
import { expectedScore } from './expected-score.js'
import { contendersOf, nextStep, rungsOf, standingOf } from './halving.js'
import type { Step } from './halving.js'

describe('successive halving', () => {
  /** Means by candidate that are known on all folds up to the second number. */
  const meanOf = (known: Readonly<Record<number, readonly [number, number]>>) => (candidate: number, folds: number) =>
    (known[candidate]?.[1] ?? 0) >= folds ? (known[candidate]?.[0] ?? null) : null

  it('measures all on one fold, the better half on two, the better half of those on all', () => {
    expect(rungsOf(12, 5)).toEqual([
      { folds: 1, keep: 6 },
      { folds: 2, keep: 3 },
      { folds: 5, keep: 3 },
    ])
    expect(rungsOf(1, 2)).toEqual([
      { folds: 1, keep: 1 },
      { folds: 2, keep: 1 },
    ])
  })

  it('lets the first and the best go on, of equals the cheaper, and never one that was not measured', () => {
    const mean = meanOf({ 0: [0.5, 1], 1: [0.7, 1], 3: [0.7, 1], 4: [0.6, 1] })
    expect(contendersOf(5, rungsOf(5, 3), mean)).toEqual([[0, 1, 2, 3, 4], [0, 1, 3], []])
    expect(standingOf(5, rungsOf(5, 3), mean)).toEqual({ winner: 1, rungs: 1 })
  })

  it('compares in the last round that two came through, and believes it also where another looked better before', () => {
    const known = { 0: [0.7, 2], 1: [0.8, 2], 2: [0.9, 1] } as const
    expect(standingOf(3, rungsOf(3, 3), meanOf(known))).toEqual({ winner: 1, rungs: 2 })
    expect(standingOf(3, rungsOf(3, 3), meanOf({ ...known, 0: [0.7, 3] }))).toEqual({ winner: 1, rungs: 2 })
    expect(standingOf(3, rungsOf(3, 2), meanOf({ 1: [0.8, 2] }))).toEqual({ winner: 1, rungs: 2 })
  })

  it('trains nothing twice, and 2.5 times the candidates instead of five times', () => {
    const rungs = rungsOf(8, 5)
    const done: Step[] = []
    const isDone = (step: Step) =>
      done.some(({ candidate, fold }) => candidate === step.candidate && fold === step.fold)
    const mean = (candidate: number, folds: number) =>
      Array.from({ length: folds }, (_, index) => ({ candidate, fold: index + 1 })).every(isDone)
        ? candidate / 10
        : null
    for (;;) {
      const step = nextStep(8, rungs, mean, isDone, (candidate) => candidate !== 7)
      if (step === null) break
      expect(isDone(step)).toBe(false)
      done.push(step)
    }
    // Seven on one fold, four on the second, three on the others, the first among them: the eighth was too dear.
    expect(done).toHaveLength(7 + 4 + 3 * 3)
    expect(done.at(-1)).toEqual({ candidate: 5, fold: 5 })
    expect(done).toContainEqual({ candidate: 0, fold: 5 })
    expect(standingOf(8, rungs, mean).winner).toBe(6)
  })
})

describe('what a winner is expected to score', () => {
  const folds = Array.from({ length: 100 }, (_, index) => 1 + (index % 5))
  /** Candidates of true quality `truths` on 100 images; the dropped ones have only the folds that they were measured on. */
  function searchOf(truths: readonly number[], seed: number) {
    const random = mulberry32(seed)
    const whole = truths.map((truth) => Float64Array.from(folds, () => (random() < truth ? 1 : 0)))
    const rungs = rungsOf(truths.length, 5)
    const mean = (candidate: number, upTo: number) => {
      const seen = [...(whole[candidate] ?? [])].filter((_, index) => (folds[index] ?? 9) <= upTo)
      return seen.reduce((sum, score) => sum + score, 0) / seen.length
    }
    const contenders = contendersOf(truths.length, rungs, mean)
    const scores = whole.map((own, candidate) => {
      const upTo = rungs[contenders.findLastIndex((list) => list.includes(candidate))]?.folds ?? 0
      return own.map((score, index) => ((folds[index] ?? 9) <= upTo ? score : Number.NaN))
    })
    const { winner } = standingOf(truths.length, rungs, mean)
    const expected = expectedScore({ folds, scores }, rungs, { draws: 100, seed })
    if (winner === null || expected === null) throw new Error('no winner')
    return { truth: truths[winner] ?? 0, ...expected }
  }
  const averageOf = (truths: readonly number[]) => {
    const found = Array.from({ length: 80 }, (_, index) => searchOf(truths, index + 1))
    const mean = (read: (one: (typeof found)[number]) => number) =>
      found.reduce((sum, one) => sum + read(one), 0) / found.length
    return {
      apparent: mean(({ score, optimism, truth }) => score + optimism - truth),
      corrected: mean(({ score, truth }) => score - truth),
      covered: mean(({ interval, truth }) => (interval[0] <= truth && truth <= interval[1] ? 1 : 0)),
    }
  }

  it('is freed of the luck of the best of sixteen that are equally good', () => {
    const { apparent, corrected, covered } = averageOf(new Array<number>(16).fill(0.7))
    expect(apparent).toBeGreaterThan(0.03)
    expect(Math.abs(corrected)).toBeLessThan(0.015)
    expect(covered).toBeGreaterThan(0.93)
  })

  it('is the truth where one is plainly best, and where there is no choice', () => {
    expect(Math.abs(averageOf([0.9, ...new Array<number>(7).fill(0.5)]).corrected)).toBeLessThan(0.015)
    const alone = averageOf([0.8])
    expect(Math.abs(alone.corrected)).toBeLessThan(0.015)
    expect(Math.abs(alone.apparent - alone.corrected)).toBeLessThan(0.003)
  })

  it('has an interval, not a point, where every image was right', () => {
    const all = new Float64Array(folds.length).fill(1)
    const { score, interval } = expectedScore({ folds, scores: [all] }, rungsOf(1, 5), { draws: 100, seed: 1 })!
    expect([score, interval[1]]).toEqual([1, 1])
    expect(interval[0]).toBeLessThan(0.97)
  })

  it('has the interval of the mean where answers may be partly right, and still one where all are the same', () => {
    const partly = Float64Array.from(folds, (_, index) => (index % 2 === 0 ? 0.45 : 0.55))
    const widthOf = (scores: Float64Array, several: boolean) => {
      const { interval } = expectedScore({ folds, scores: [scores] }, rungsOf(1, 5), { draws: 100, seed: 1, several })!
      return interval[1] - interval[0]
    }
    expect(widthOf(partly, true)).toBeLessThan(0.05)
    expect(widthOf(partly, false)).toBeGreaterThan(0.2)
    expect(widthOf(new Float64Array(folds.length).fill(1), true)).toBeGreaterThan(0.03)
  })

  it('is nothing without images', () => expect(expectedScore({ folds: [], scores: [] }, [], { seed: 1 })).toBeNull())
})
