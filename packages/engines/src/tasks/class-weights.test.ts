import { describe, expect, it } from 'vitest'
import { classWeights, countLabels, singleLabel } from './index.js'

describe('classWeights', () => {
  const counts = countLabels(singleLabel, [0, 0, 0, 0, 0, 0, 1, 1, -1], 3)

  it('counts labels, those that are known', () => expect(counts).toEqual([6, 2, 0]))

  it('balances like scikit-learn, over the classes present', () => {
    expect(classWeights(singleLabel, 'balanced', counts, 8)).toEqual([8 / 12, 8 / 4, 1])
    expect(classWeights(singleLabel, 'sqrt', counts, 8)).toEqual([Math.sqrt(8 / 12), Math.sqrt(2), 1])
    expect(classWeights(singleLabel, 'none', counts, 8)).toBeUndefined()
  })

  it('refuses weights that leave nothing to learn', () => {
    expect(classWeights(singleLabel, [1, 2, 3], counts, 8)).toEqual([1, 2, 3])
    expect(() => classWeights(singleLabel, [0, 0, 1], counts, 8)).toThrow(/nothing to learn/)
  })
})
