import { describe, expect, it } from 'vitest'
import {
  accuracy,
  argmax,
  balancedAccuracy,
  bestTemperature,
  calibration,
  classScores,
  confusionMatrix,
  crossEntropy,
  crossEntropyPerRow,
  macroF1,
  mostConfused,
  softmax,
  topKAccuracy,
  wilsonInterval,
} from './index.js'

// The expected numbers were computed with NumPy, SciPy and scikit-learn.
const count = 40
const classes = 3
const labels = Int32Array.from({ length: count }, (_, i) => (i % 4 ? ((i * 7) % 10) % 3 : 0))
const logitsFrom = (value: (row: number, column: number) => number): Float64Array =>
  Float64Array.from({ length: count * classes }, (_, index) => value(Math.floor(index / classes), index % classes))
const logits = logitsFrom((i, c) => Math.sin(1.3 * (i + 1) * (c + 1)) + (c === labels[i] && i % 5 ? 1.5 : 0))
const others = logitsFrom((i, c) => Math.cos(0.7 * (i + 1) * (c + 2)) + (c === labels[i] && i % 3 ? 1.2 : 0))
const confusion = confusionMatrix(labels, argmax(logits, classes), classes)

describe('metrics agree with the reference vector', () => {
  it('counts the confusion matrix', () => {
    expect(confusion).toEqual([
      [16, 3, 3],
      [0, 9, 1],
      [3, 1, 4],
    ])
    expect(classScores(confusion).map(({ support }) => support)).toEqual([22, 10, 8])
  })

  it('scores accuracy, balanced accuracy, macro-F1 and cross-entropy', () => {
    expect(accuracy(confusion)).toBeCloseTo(0.725, 12)
    expect(balancedAccuracy(confusion)).toBeCloseTo(0.709090909, 9)
    expect(macroF1(confusion)).toBeCloseTo(0.687698834, 9)
    expect(crossEntropy(logits, labels, classes)).toBeCloseTo(0.628485304, 9)
    expect(accuracy(confusionMatrix(labels, argmax(others, classes), classes))).toBeCloseTo(0.625, 12)
  })

  it('measures calibration and finds the temperature that repairs it', () => {
    expect(calibration(softmax(logits, classes), labels, classes).error).toBeCloseTo(0.24470779, 8)
    const { temperature, loss } = bestTemperature(logits, labels, classes)
    expect(temperature).toBeCloseTo(0.5432, 4)
    expect(loss).toBeCloseTo(0.556724, 6)
  })

  it('bounds accuracy with the Wilson interval', () => {
    const [low, high] = wilsonInterval(29, 40)
    expect(low).toBeCloseTo(0.571650442, 9)
    expect(high).toBeCloseTo(0.838919838, 9)
  })
})

describe('edges of the metrics', () => {
  it('leaves a class that is neither true nor predicted out of macro-F1, and scores it 0 in the table', () => {
    const matrix = confusionMatrix([0, 0, 1], [0, 0, 1], 3)
    expect(macroF1(matrix)).toBe(1)
    expect(balancedAccuracy(matrix)).toBe(1)
    expect(classScores(matrix)[2]).toEqual({ support: 0, predicted: 0, precision: 0, recall: 0, f1: 0 })
  })

  it('counts a class that is only predicted as a failure of macro-F1, not of balanced accuracy', () => {
    const matrix = confusionMatrix([0, 0], [0, 2], 3)
    expect(macroF1(matrix)).toBeCloseTo((2 / 3 + 0) / 2, 12)
    expect(balancedAccuracy(matrix)).toBe(0.5)
  })

  it('keeps softmax and cross-entropy finite for logits that overflow exp', () => {
    expect([...softmax([2000, 1000], 2)]).toEqual([1, 0])
    expect(crossEntropy([2000, 1000], [1], 2)).toBe(1000)
    expect([...crossEntropyPerRow([0, 0, 2000, 1000], [0, 1], 2)]).toEqual([Math.LN2, 1000])
  })

  it('ranks ties by class index, in agreement with argmax', () => {
    expect([...argmax([1, 1, 0], 3)]).toEqual([0])
    expect(topKAccuracy([1, 1, 0], [1], 3, 1)).toBe(0)
    expect(topKAccuracy([1, 1, 0], [1], 3, 2)).toBe(1)
    expect(topKAccuracy(logits, labels, classes, 1)).toBeCloseTo(0.725, 12)
    expect(topKAccuracy(logits, labels, classes, 3)).toBe(1)
  })

  it('puts a confidence on a bin edge into the lower bin', () => {
    const { bins } = calibration([0.5, 0.5], [0], 2, 2)
    expect(bins.map((bin) => bin.count)).toEqual([1, 0])
  })

  it('stays in [0, 1] at both ends of the Wilson interval', () => {
    expect(wilsonInterval(0, 10)[0]).toBe(0)
    expect(wilsonInterval(10, 10)[1]).toBeCloseTo(1, 12)
    expect(wilsonInterval(0, 0)).toEqual([0, 1])
  })

  it('lists the most confused pairs, most frequent first', () => {
    expect(mostConfused(confusion, 3)).toEqual([
      { truth: 0, prediction: 1, count: 3 },
      { truth: 0, prediction: 2, count: 3 },
      { truth: 2, prediction: 0, count: 3 },
    ])
  })
})
