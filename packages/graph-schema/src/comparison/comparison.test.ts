import { describe, expect, it } from 'vitest'
import { answersOf } from './answers.js'
import { comparePaired } from './compare-paired.js'
import { verdictOnDifference } from './verdict-on-difference.js'
import type { MultiLabelEvaluation, SingleLabelEvaluation } from '../values/details/index.js'

const answers = (scores: readonly number[]) => scores.map((score, index) => ({ id: `p${index}`, truth: '0', score }))
/** Two runs of which each alone was right so often, on 100 images. */
const runs = (onlyFirst: number, onlySecond: number) =>
  [0, 1].map((run) =>
    answers(
      Array.from({ length: 100 }, (_, index) =>
        index < onlyFirst ? 1 - run : index < onlyFirst + onlySecond ? run : 1,
      ),
    ),
  ) as [ReturnType<typeof answers>, ReturnType<typeof answers>]
const compared = (onlyFirst: number, onlySecond: number) => comparePaired(...runs(onlyFirst, onlySecond))

describe('the paired comparison of two runs', () => {
  it('pairs by image, whatever the order, and leaves out what only one saw', () => {
    const second = answers([1, 0, 1, 0])
      .reverse()
      .concat([{ id: 'extra', truth: '0', score: 1 }])
    expect(comparePaired(answers([1, 1, 0, 0]), second)).toMatchObject({
      ...{ count: 4, unpaired: 1, bothRight: 1, onlyFirst: 1, onlySecond: 1, bothWrong: 1 },
      ...{ firstBetter: 1, secondBetter: 1, graded: false, p: 1, difference: 0 },
    })
  })

  it('does not pair images whose true class changed', () =>
    expect(comparePaired(answers([1]), [{ id: 'p0', truth: '1', score: 1 }])).toMatchObject({ count: 0, worseP: 1 }))

  it('pairs by names of classes: one that was added before the others changes no truth', () => {
    const truth = (classNames: readonly string[], label: number): string | undefined =>
      answersOf({
        ...{ kind: 'single-label-evaluation', classNames },
        predictions: [{ id: 'p0', label, prediction: 0, probability: 1 }],
      } as unknown as SingleLabelEvaluation)[0]?.truth
    expect(truth(['cat', 'dog'], 1)).toBe(truth(['bird', 'cat', 'dog'], 2))
    expect(truth(['cat', 'dog'], 1)).not.toBe(truth(['bird', 'cat', 'dog'], 1))
  })

  // Binomial(10, 1/2): P(X<=1) = 11/1024, P(X=1) = 10/1024; by SciPy: binomtest(9, 22), less half of 9 and of 13.
  it.each([
    [1, 9, 12 / 1024, 1 - 1 / 1024],
    [9, 1, 12 / 1024, 11 / 1024],
    [13, 9, 0.404872894, 0.261733532],
    [0, 0, 1, 1],
  ])('gives mid-p both ways and the exact chance of being as far behind: %i lost, %i won', (lost, won, p, worseP) => {
    expect(compared(lost, won).p).toBeCloseTo(p, 8)
    expect(compared(lost, won).worseP).toBeCloseTo(worseP, 8)
  })

  it('holds a clear difference against the sides it lies on', () => {
    const names = ['A', 'B'] as const
    const verdict = (lost: number, won: number) => verdictOnDifference(compared(lost, won), names)
    expect(verdict(1, 12)).toMatchObject({ tone: 'better', text: expect.stringContaining('B is better') })
    expect(verdict(30, 2)).toMatchObject({
      tone: 'worse',
      text: expect.stringContaining('A is better, and that is very unlikely to be chance (p < 0.001)'),
    })
    expect(verdict(3, 5)).toMatchObject({ tone: 'unclear', text: expect.stringContaining('don’t read anything') })
    expect(verdict(0, 0).tone).toBe('same')
    expect(verdictOnDifference(comparePaired([], []), names).text).toContain('different images')
  })

  it('weighs images of several classes by how much of them was right', () => {
    const detail = (predictions: readonly (readonly number[])[]) =>
      ({
        ...{ kind: 'multi-label-evaluation', classNames: ['a', 'b', 'c', 'd'] },
        predictions: predictions.map((prediction, index) => ({
          ...{ id: `p${index}`, label: [[0, 1], [2], []][index % 3], prediction, probabilities: [] },
        })),
      }) as unknown as MultiLabelEvaluation
    const first = answersOf(detail([[1, 0], [2, 3], []]))
    expect(first.map(({ score }) => score)).toEqual([1, 2 / 3, 1])
    const result = comparePaired(first, answersOf(detail([[0], [2], [1]])))
    expect(result).toMatchObject({ graded: true, count: 3, firstBetter: 2, secondBetter: 1 })
    expect(result.difference).toBeCloseTo((2 / 3 - 1 + 1 / 3 - 1) / 3, 12)
    // Differences of -1/3, +1/3 and -1: sums at most as small with 3 of 8 choices of signs.
    expect(result.worseP).toBeCloseTo(3 / 8, 12)
  })
})
