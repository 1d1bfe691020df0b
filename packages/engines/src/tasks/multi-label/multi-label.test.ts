import { describe, expect, it } from 'vitest'
import { multiLabel } from './index.js'
import { thresholdsOf } from './decode.js'
import { chooseThresholds } from './thresholds.js'

const head = { task: 'multi-label', names: ['ant', 'bee', 'rose'] }
const logit = (probability: number): number => Math.log(probability / (1 - probability))
const outputsOf = (...rows: readonly (readonly number[])[]) => ({
  values: Float64Array.from(rows.flat().map(logit)),
  width: rows[0]?.length ?? 0,
})

describe('the scores of several classes per image', () => {
  // Four images; by hand, and with scikit-learn's average_precision_score, f1_score and accuracy_score.
  const outputs = outputsOf([0.9, 0.2, 0.6], [0.8, 0.7, 0.4], [0.3, 0.6, 0.1], [0.6, 0.1, 0.2])
  const labels = [[0, 2], [0], [1], [1, 2]]
  const scores = multiLabel.score(outputs, labels, head)

  it('averages precision over recall, class by class', () => {
    // ant: positives rank 1 and 2: 1. bee: ranks 2 and 4: (1/2 + 2/4) / 2. rose: ranks 1 and 3: (1 + 2/3) / 2.
    expect(scores['meanAveragePrecision']).toBeCloseTo((1 + 0.5 + 5 / 6) / 3, 12)
  })

  it('counts F1 by class and over all decisions, at one half', () => {
    // ant: 2 hits, 2 true, 3 predicted. bee: 1, 2, 2. rose: 1, 2, 1.
    expect(scores['macroF1']).toBeCloseTo((4 / 5 + 2 / 4 + 2 / 3) / 3, 12)
    expect(scores['microF1']).toBeCloseTo((2 * 4) / (6 + 6), 12)
  })

  it('counts an image as right when all its classes are, and none besides', () => {
    expect(scores['subsetAccuracy']).toBe(0.5)
  })

  it('has the mean binary cross-entropy as its loss', () => {
    const right = [0.9, 0.8, 0.6, 0.8, 0.3, 0.6, 0.7, 0.6, 0.9, 0.4, 0.1, 0.2]
    expect(scores['loss']).toBeCloseTo(-right.reduce((sum, value) => sum + Math.log(value), 0) / 12, 12)
  })

  it('leaves classes out that no image has, and counts equal scores at once', () => {
    const tied = outputsOf([0.5, 0.5], [0.5, 0.5], [0.5, 0.5])
    // scikit-learn: one threshold, precision 1/3 at recall 1.
    expect(multiLabel.score(tied, [[0], [], []], head)['meanAveragePrecision']).toBeCloseTo(1 / 3, 12)
    expect(multiLabel.score(tied, [[], [], []], head)['meanAveragePrecision']).toBeNaN()
  })

  it('gives each class its own threshold', () => {
    const strict = { ...head, thresholds: [0.85, 0.05, 0.5] }
    expect(multiLabel.decode(outputs, strict).map(({ chosen }) => chosen)).toEqual([[0, 2, 1], [1], [1], [1]])
    expect(multiLabel.decode(outputs, head)[1]?.chosen).toEqual([0, 1])
    expect(thresholdsOf({}, 2)).toEqual([0.5, 0.5])
  })
})

describe('the account of an evaluation', () => {
  const outputs = outputsOf([0.9, 0.2, 0.6], [0.2, 0.7, 0.4])
  const { detail, rows, losses, values } = multiLabel.evaluate(outputs, [[0, 2], [0]], head)

  it('tells what was there together, what was taken for what, and what every image was said to be', () => {
    expect(detail).toMatchObject({
      kind: 'multi-label-evaluation',
      together: [
        [2, 0, 1],
        [0, 0, 0],
        [1, 0, 1],
      ],
      confused: [{ truth: 0, prediction: 1, count: 1 }],
      classesPerImage: { truth: 1.5, predicted: 1.5 },
    })
    expect(rows[1]).toEqual({ label: [0], prediction: [1], probabilities: [0.2, 0.7, 0.4] })
    expect(losses[1]).toBeGreaterThan(losses[0]!)
    expect(values['subsetAccuracy']).toBe(0.5)
  })
})

describe('thresholds', () => {
  it('are those of the highest F1, halfway to the next image', () => {
    const outputs = outputsOf([0.9], [0.4], [0.35], [0.1])
    // Three of four are positive, the third at 0.35: everything above (0.35 + 0.1) / 2 is taken.
    expect(chooseThresholds(outputs, [[0], [0], [0], []])[0]).toBeCloseTo(0.225, 12)
  })

  it('stay at one half where that separates just as well, and where nothing can be learned', () => {
    expect(chooseThresholds(outputsOf([0.9], [0.2]), [[0], []])).toEqual([0.5])
    expect(chooseThresholds(outputsOf([0.9], [0.8]), [[], []])).toEqual([0.5])
    expect(chooseThresholds(outputsOf([0.9], [0.8]), [[0], [0]])).toEqual([0.5])
  })

  it('never give a lower F1 than one half does on the images that they were chosen on', () => {
    let seed = 7
    const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647
    for (let round = 0; round < 50; round++) {
      const rows = Array.from({ length: 20 }, () => [0.01 + 0.98 * random(), 0.01 + 0.98 * random()])
      const labels = rows.map((row) => row.flatMap((value, index) => (random() < value ? [index] : [])))
      const outputs = outputsOf(...rows)
      const settled = multiLabel.settle?.(head, outputs, labels) ?? head
      const before = multiLabel.score(outputs, labels, head)['macroF1'] ?? 0
      expect(multiLabel.score(outputs, labels, settled)['macroF1']).toBeGreaterThanOrEqual(before - 1e-12)
    }
  })
})

describe('labels', () => {
  it('are lists of classes without repetition, none included', () => {
    expect([[], [0, 2], [3], [1, 1], [-1], 1].map((label) => multiLabel.accepts(label, 3))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ])
    expect(() => multiLabel.targets([1], 3, { labelSmoothing: 0 })).toThrow(/number 1.*list of an image's classes/)
    expect(() => multiLabel.targets([[5]], 3, { labelSmoothing: 0 })).toThrow(/class 5.*0 to 2/)
  })

  it('weigh positives by how many images lack the class', () => {
    expect(multiLabel.balancedWeights([2, 0, 10], 10)).toEqual([4, 1, 0.1])
  })

  it('are hit when every output is on the right side of one half', () => {
    const outputs = outputsOf([0.9, 0.2, 0.6], [0.2, 0.7, 0.4])
    expect(multiLabel.hits(outputs, [[0, 2], [0]])).toBe(1)
  })
})
