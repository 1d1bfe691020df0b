import { type Architecture, architectures } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { classWeights, countLabels } from './class-weights.js'
import { learningRateScale } from './learning-rate-scale.js'

describe('learningRateScale', () => {
  const network = (architectures[0] as Architecture).build({ classes: 4 })

  it('decays with the distance from the head, by stage', () => {
    const scale = learningRateScale(network, { stageMultipliers: {}, layerDecay: 0.5, headMultiplier: 1 })
    expect(scale['head.fc.weight']).toBe(1)
    expect(scale['stage5.0.depthwise.weight']).toBe(0.5)
    expect(scale['stem.conv.weight']).toBe(0.5 ** 6)
  })

  it('multiplies decay, stage and head multipliers', () => {
    const scale = learningRateScale(network, { stageMultipliers: { stage5: 0.1 }, layerDecay: 0.5, headMultiplier: 10 })
    expect(scale['stage5.0.depthwise.weight']).toBeCloseTo(0.05, 12)
    expect(scale['head.fc.bias']).toBe(10)
  })

  it('leaves out what is not trainable', () => {
    expect(learningRateScale(network, { stageMultipliers: {}, layerDecay: 1, headMultiplier: 1 })).not.toHaveProperty([
      'stem.conv_bn.mean',
    ])
  })
})

describe('classWeights', () => {
  const counts = countLabels([0, 0, 0, 0, 0, 0, 1, 1], 3)

  it('counts labels', () => expect(counts).toEqual([6, 2, 0]))

  it('balances like scikit-learn, over the classes present', () => {
    expect(classWeights('balanced', counts)).toEqual([8 / 12, 8 / 4, 1])
    expect(classWeights('sqrt', counts)).toEqual([Math.sqrt(8 / 12), Math.sqrt(2), 1])
    expect(classWeights('none', counts)).toBeUndefined()
  })

  it('refuses weights that leave nothing to learn', () => {
    expect(classWeights([1, 2, 3], counts)).toEqual([1, 2, 3])
    expect(() => classWeights([0, 0, 1], counts)).toThrow(/nothing to learn.*above 0/)
  })
})
