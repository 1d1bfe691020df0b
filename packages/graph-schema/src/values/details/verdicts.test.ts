import { describe, expect, it } from 'vitest'
import { baselineOf, isWorthALook, verdictOnEvaluation, verdictOnTraining } from './verdicts.js'

const score = (name: string, support: number) => ({ name, support, precision: 0.5, recall: 0.5, f1: 0.5 })
const evaluation = (low: number, high: number, supports: readonly number[]) => ({
  scores: { primary: 'accuracy', values: { accuracy: (low + high) / 2 }, metrics: [] },
  perClass: supports.map((support, index) => score(`class ${index}`, support)),
  count: supports.reduce((sum, support) => sum + support, 0),
  intervals: { accuracy: [low, high] as const },
})
const point = (split: 'train' | 'val', epoch: number, value: number) => ({
  name: 'accuracy',
  split,
  phase: 'head',
  epoch,
  step: epoch,
  value,
})

describe('what a result says about itself', () => {
  it('is that it is no better than guessing when the baseline lies in or above its interval', () => {
    expect(verdictOnEvaluation(evaluation(0.42, 0.64, [51, 49]))?.text).toContain('always answering “class 0”')
    expect(verdictOnEvaluation(evaluation(0.88, 0.97, [51, 49]))).toBeNull()
    expect(verdictOnEvaluation(evaluation(0.88, 0.97, [95, 5]))).not.toBeNull()
    expect(verdictOnEvaluation(evaluation(0.55, 0.71, [53, 47]))?.text).toContain('not much better')
  })

  it('is nothing without images, without an interval, or with one class only', () => {
    expect(baselineOf(evaluation(0, 1, []))).toBeNull()
    expect(verdictOnEvaluation(evaluation(0, 1, []))).toBeNull()
    expect(verdictOnEvaluation({ ...evaluation(0, 1, [2, 2]), intervals: {} })).toBeNull()
    expect(verdictOnEvaluation(evaluation(0.9, 1, [30]))).toBeNull()
  })

  it('is that the network was never meant for such images, as the reason when it is no better than guessing', () => {
    const foreign = { foreignTo: 'generated pictograms' }
    const well = verdictOnEvaluation({ ...evaluation(0.88, 0.97, [51, 49]), ...foreign })
    expect(well).toMatchObject({ code: 'never-meant-for-these' })
    const badly = verdictOnEvaluation({ ...evaluation(0.42, 0.64, [51, 49]), ...foreign })
    expect(badly).toMatchObject({ code: 'no-better-than-guessing' })
    expect(badly?.next).toContain('generated pictograms')
  })

  it('is that it learned by heart when training is far ahead at the epoch that was kept', () => {
    const curves = [point('train', 1, 0.6), point('val', 1, 0.5), point('train', 2, 1), point('val', 2, 0.6)]
    expect(verdictOnTraining({ curves, bestEpoch: 2 })?.text).toContain(
      'right on 100% of its training images, but on 60%',
    )
    expect(verdictOnTraining({ curves, bestEpoch: 2 })?.change).toEqual({
      kind: 'insert',
      type: 'augment',
      before: 'train',
    })
    expect(verdictOnTraining({ curves, bestEpoch: 1 })).toBeNull()
    expect(verdictOnTraining({ curves: [], bestEpoch: 1 })).toBeNull()
  })

  it('counts as unsure only what is: wrong answers, and right ones below three quarters', () => {
    expect(isWorthALook({ label: 1, prediction: 1, probability: 0.95 })).toBe(false)
    expect(isWorthALook({ label: 1, prediction: 1, probability: 0.6 })).toBe(true)
    expect(isWorthALook({ label: 1, prediction: 0, probability: 0.99 })).toBe(true)
  })
})
