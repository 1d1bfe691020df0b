import { describe, expect, it } from 'vitest'
import type { Preprocessing } from '../network.js'
import { validateNetwork } from '../validate-network.js'
import { NetworkBuilder } from './network-builder.js'

const preprocessing: Preprocessing = {
  height: 8,
  width: 8,
  resize: 'stretch',
  cropFraction: 1,
  interpolation: 'bilinear',
  channelOrder: 'rgb',
  mean: [0, 0, 0],
  deviation: [1, 1, 1],
}
const facts = { name: 'tiny', preprocessing, provenance: { source: 'test', licence: null, history: [] } }
const input = { name: 'input', shape: [3, 8, 8] }

describe('NetworkBuilder', () => {
  it('builds a valid network with stages, shapes and parameters named after their layers', () => {
    const builder = new NetworkBuilder({ input, batch: 5, seed: 40 })
    builder.startStage('stem')
    builder.add({
      name: 'conv',
      operator: 'Conv',
      attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] },
      parameters: { weight: { shape: [4, 3, 3, 3], initializer: { name: 'heNormal' } } },
    })
    builder.startStage('rest')
    builder.add({ name: 'activation', operator: 'Relu' })
    builder.add({ name: 'sum', operator: 'Add', inputs: ['activation', 'conv'] })
    const network = builder.build(facts)
    validateNetwork(network)
    expect(builder.shape('sum')).toEqual([5, 4, 4, 4])
    expect(network.layers.map(({ name, inputs }) => [name, inputs])).toEqual([
      ['conv', ['input']],
      ['activation', ['conv']],
      ['sum', ['activation', 'conv']],
    ])
    expect(network.stages).toEqual([
      { name: 'stem', layers: ['conv'] },
      { name: 'rest', layers: ['activation', 'sum'] },
    ])
    expect(network.parameters).toEqual({
      'conv.weight': {
        shape: [4, 3, 3, 3],
        trainable: true,
        source: { kind: 'initializer', initializer: { name: 'heNormal' }, seed: 40 },
      },
    })
  })

  it('learns neither statistics nor constants, and lets batch normalisation follow its batches', () => {
    const builder = new NetworkBuilder({ input })
    const one = { shape: [3], data: new Float32Array(3) }
    builder.add({
      name: 'norm',
      operator: 'BatchNormalization',
      attributes: { epsilon: 1e-5 },
      parameters: { scale: one, shift: one, mean: one, variance: one },
    })
    builder.add({ name: 'half', operator: 'Mul', parameters: { constant: { shape: [1], data: Float32Array.of(0.5) } } })
    expect(builder.layers.map(({ statistics }) => statistics)).toEqual(['batch', undefined])
    expect(Object.entries(builder.parameters).map(([key, { trainable }]) => [key, trainable])).toEqual([
      ['norm.scale', true],
      ['norm.shift', true],
      ['norm.mean', false],
      ['norm.variance', false],
      ['half.constant', false],
    ])
    expect(builder.tensors.get('half.constant')?.data).toEqual(Float32Array.of(0.5))
  })

  it('gives a layer whose name is taken another one, also where the name means something to JavaScript', () => {
    const builder = new NetworkBuilder({ input })
    expect(builder.freeName('input')).toBe('input_2')
    const names = ['input', 'a', 'a', 'a', '__proto__'].map((name) => builder.add({ name, operator: 'Relu' }))
    expect(names).toEqual(['input_2', 'a', 'a_2', 'a_3', '__proto___'])
  })

  it('refuses a layer whose shapes do not fit when it is added', () => {
    const builder = new NetworkBuilder({ input })
    const weight = { shape: [4, 5, 3, 3], data: new Float32Array(180) }
    expect(() =>
      builder.add({
        name: 'conv',
        operator: 'Conv',
        attributes: { kernel_shape: [3, 3] },
        parameters: { weight },
      }),
    ).toThrow(/conv/)
    expect(builder.layers).toEqual([])
  })
})
