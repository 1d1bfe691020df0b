import { expect, it } from 'vitest'
import { softTargets } from './soft-targets.js'

it('gives the label all of a row without smoothing, divided by the batch', () => {
  expect([...softTargets([1, 0], 2, { labelSmoothing: 0 })]).toEqual([0, 0.5, 0.5, 0])
})

it('weights the label by its class and the smoothing by every class, over the summed label weights', () => {
  // Weights [1, 3], labels [1, 1]: divisor 6; hard part 0.8 * 3 / 6, smoothing 0.2 / 2 * weight / 6.
  const targets = [...softTargets([1, 1], 2, { labelSmoothing: 0.2, classWeights: [1, 3] })]
  const expected = [0.1 / 6, 2.4 / 6 + 0.3 / 6, 0.1 / 6, 2.4 / 6 + 0.3 / 6]
  targets.forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 6))
})

it('refuses a batch whose weights sum to zero', () => {
  expect(() => softTargets([0], 2, { labelSmoothing: 0, classWeights: [0, 1] })).toThrow(/sum to zero/)
})
