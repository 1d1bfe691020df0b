import { type Architecture, architectures } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { learningRateScale } from './learning-rate-scale.js'

describe('learningRateScale', () => {
  const network = (architectures[0] as Architecture).build({ classes: 4 })
  const plain = { stageMultipliers: {}, layerDecay: 1, backboneMultiplier: 1 }

  it('decays with the distance from the head, by stage', () => {
    const scale = learningRateScale(network, { ...plain, layerDecay: 0.5 })
    expect(scale['head.fc.weight']).toBe(1)
    expect(scale['stage5.0.depthwise.weight']).toBe(0.5)
    expect(scale['stem.conv.weight']).toBe(0.5 ** 6)
  })

  it('multiplies decay with the multiplier of the backbone, for every stage but the head', () => {
    const scale = learningRateScale(network, { ...plain, layerDecay: 0.5, backboneMultiplier: 0.1 })
    expect(scale['stage5.0.depthwise.weight']).toBeCloseTo(0.05, 12)
    expect(scale['head.fc.bias']).toBe(1)
  })

  it('one entry in stageMultipliers replaces the other factors for that stage and leaves layer decay to the others', () => {
    const settings = { layerDecay: 0.7, backboneMultiplier: 0.1 }
    const without = learningRateScale(network, { ...settings, stageMultipliers: {} })
    for (const [stage, parameter] of [
      ['head', 'head.fc.weight'],
      ['stage5', 'stage5.0.depthwise.weight'],
    ] as const) {
      const scale = learningRateScale(network, { ...settings, stageMultipliers: { [stage]: 2 } })
      expect(scale[parameter]).toBe(2)
      const others = Object.keys(without).filter((name) => !name.startsWith(`${stage}.`))
      expect(others.length).toBeGreaterThan(5)
      for (const name of others) expect(scale[name], name).toBe(without[name])
    }
  })

  it('leaves a stage as it is with a multiplier of 0', () => {
    const scale = learningRateScale(network, { ...plain, backboneMultiplier: 0, stageMultipliers: { stage5: 0.5 } })
    expect([scale['stem.conv.weight'], scale['stage5.0.depthwise.weight'], scale['head.fc.weight']]).toEqual([
      0, 0.5, 1,
    ])
  })

  it('leaves out what is not trainable', () => {
    expect(learningRateScale(network, plain)).not.toHaveProperty(['stem.conv_bn.mean'])
  })
})
