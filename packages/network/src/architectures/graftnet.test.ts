import { describe, expect, it } from 'vitest'
import { graftnet } from './graftnet.js'

const network = graftnet.build({ classes: 40, inputSize: 64 })

describe('graftnet', () => {
  it('has the parameters of the embedded weights file', () => {
    const trainable = Object.values(network.parameters).filter((parameter) => parameter.trainable)
    const count = trainable.reduce(
      (total, parameter) => total + parameter.shape.reduce((product, side) => product * side, 1),
      0,
    )
    expect(count).toBe(211_456)
    expect(network.parameters['stage1.0.depthwise.weight']?.shape).toEqual([16, 1, 3, 3])
    expect(network.parameters['stage5.1.pointwise_bn.variance']).toMatchObject({ shape: [256], trainable: false })
    expect(network.parameters['head.fc.weight']?.shape).toEqual([40, 256])
  })

  it('puts every layer into exactly one stage, in order', () => {
    expect(network.stages.map((stage) => stage.name)).toEqual([
      'stem',
      'stage1',
      'stage2',
      'stage3',
      'stage4',
      'stage5',
      'head',
    ])
    expect(network.stages.flatMap((stage) => stage.layers)).toEqual(network.layers.map((layer) => layer.name))
    expect(new Set(network.layers.map((layer) => layer.name)).size).toBe(network.layers.length)
  })

  it('wires only to layers that came before', () => {
    const known = new Set([network.input.name])
    for (const layer of network.layers) {
      expect(layer.inputs.every((name) => known.has(name))).toBe(true)
      known.add(layer.name)
    }
    expect(network.output).toBe('head.fc')
  })

  it('uses every parameter once, with its own seed', () => {
    const used = network.layers.flatMap((layer) => Object.values(layer.parameters))
    expect(used.toSorted()).toEqual(Object.keys(network.parameters).toSorted())
    const seeds = Object.values(network.parameters).map((parameter) =>
      parameter.source.kind === 'initializer' ? parameter.source.seed : -1,
    )
    expect(new Set(seeds).size).toBe(seeds.length)
  })

  it('adds the input back where a block keeps its shape', () => {
    const additions = network.layers.filter((layer) => layer.operator === 'Add')
    expect(additions.map((layer) => layer.name)).toEqual([
      'stage2.1.add',
      'stage3.1.add',
      'stage4.1.add',
      'stage5.1.add',
    ])
    expect(additions[0]?.inputs).toEqual(['stage2.1.pointwise_bn', 'stage2.0.activation'])
  })
})
