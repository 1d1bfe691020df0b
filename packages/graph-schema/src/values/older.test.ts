import { describe, expect, it } from 'vitest'
import { betterHeadline } from '../api/headline.js'
import { metricsDetailSchema } from './details/index.js'
import { metricsValueSchema } from './metrics.js'
import { primaryScore, scoreList } from './scores.js'

const blob = { sha256: 'a'.repeat(64), bytes: 1, mediaType: 'application/json' }
const valueOfThen = {
  kind: 'metrics',
  split: 'val',
  count: 3,
  accuracy: 0.5,
  macroF1: 0.4,
  balancedAccuracy: null,
  detail: blob,
}
const detailOfThen = {
  kind: 'evaluation',
  title: 't',
  split: 'test',
  classNames: ['a', 'b'],
  count: 4,
  top1: 0.75,
  top5: null,
  accuracyInterval: [0.3, 0.95],
  macroF1: 0.7,
  balancedAccuracy: 0.72,
  loss: 0.6,
  calibrationError: 0.1,
  calibrationBins: [],
  confusion: [
    [2, 0],
    [1, 1],
  ],
  perClass: [{ name: 'a', support: 2, precision: 0.6, recall: 1, f1: 0.8 }],
  mostConfused: [{ truth: 1, prediction: 0, count: 1 }],
  topLosses: [],
  predictions: [{ id: 'x', label: 0, prediction: 0, probability: 0.9 }],
}

const trainingOfThen = {
  ...{ kind: 'training', title: 't', phase: 'head', settings: {}, classNames: ['a', 'b'], epochs: 1, bestEpoch: 1 },
  ...{ stoppedEarly: false, seconds: 1, imagesPerSecond: 1, engine: 'tfjs', freezeProof: [], weightsHash: '' },
  ...{ prefix: { layers: 0, boundary: null, cached: 0, computed: 0, bytes: 0 } },
  ...{ trainableParameters: 1, totalParameters: 1 },
}

describe('what Graft 0.1.0 stored', () => {
  it('is a metrics value with the same numbers', () => {
    const value = metricsValueSchema.parse(valueOfThen)
    expect(scoreList(value).map(({ title, value: number }) => [title, number])).toEqual([
      ['Accuracy', 0.5],
      ['Balanced accuracy', Number.NaN],
      ['Macro F1', 0.4],
    ])
    expect(primaryScore(value)).toMatchObject({ name: 'accuracy', value: 0.5 })
  })

  it('is a training whose curves say what they show', () => {
    const point = (name: string) => ({ name, split: 'train', phase: 'head', epoch: 1, step: 1, value: 1 })
    const detail = metricsDetailSchema.parse({
      ...trainingOfThen,
      curves: [point('stepLoss'), point('learningRate'), point('macroF1')],
    })
    expect(detail.kind === 'training' && detail.metrics).toMatchObject({
      stepLoss: { name: 'loss', title: 'Loss' },
      macroF1: { name: 'macroF1', title: 'Macro F1' },
    })
    expect(detail).not.toHaveProperty('metrics.learningRate')
  })

  it('gives a run its headline', () => {
    expect(betterHeadline(null, { metrics: valueOfThen })).toMatchObject({
      metric: { name: 'accuracy', format: 'percent' },
      value: 0.5,
      count: 3,
      split: 'val',
    })
  })

  it('is a detail with the same numbers, without the one that had no meaning', () => {
    const detail = metricsDetailSchema.parse(detailOfThen)
    expect(detail).toMatchObject({
      kind: 'single-label-evaluation',
      intervals: { accuracy: [0.3, 0.95] },
      confusion: detailOfThen.confusion,
      predictions: detailOfThen.predictions,
    })
    if (detail.kind !== 'single-label-evaluation') throw new Error('It is of another kind.')
    expect(scoreList(detail.scores).map(({ name, value }) => [name, value])).toEqual([
      ['accuracy', 0.75],
      ['balancedAccuracy', 0.72],
      ['macroF1', 0.7],
      ['loss', 0.6],
      ['calibrationError', 0.1],
    ])
  })
})

describe('a metrics value', () => {
  it('may name a metric that this reader has never heard of', () => {
    const value = metricsValueSchema.parse({
      kind: 'metrics',
      task: 'multi-label',
      split: 'test',
      count: 3,
      primary: 'mAP',
      values: { mAP: 0.8 },
      metrics: [{ name: 'mAP', title: 'Mean average precision', better: 'higher', format: 'percent' }],
      detail: blob,
    })
    expect(betterHeadline(null, { value })).toMatchObject({ metric: { title: 'Mean average precision' }, value: 0.8 })
  })
})
