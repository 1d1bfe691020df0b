import { type Architecture, architectures } from '@graft/network'
import { describe, expect, it } from 'vitest'
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
