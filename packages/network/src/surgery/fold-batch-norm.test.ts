import { describe, expect, it } from 'vitest'
import type { Layer, Network, Parameter, Tensors } from '../network.js'
import { foldBatchNorm } from './fold-batch-norm.js'

const values: Tensors = new Map([
  ['w', { shape: [2, 1, 1, 1], data: Float32Array.of(2, -3) }],
  ['b', { shape: [2], data: Float32Array.of(0.5, 1) }],
  ['scale', { shape: [2], data: Float32Array.of(3, 4) }],
  ['shift', { shape: [2], data: Float32Array.of(-1, 2) }],
  ['mean', { shape: [2], data: Float32Array.of(0.25, -0.5) }],
  ['variance', { shape: [2], data: Float32Array.of(4, 0.25) }],
])

const conv: Layer = {
  name: 'conv',
  operator: 'Conv',
  inputs: ['x'],
  parameters: { weight: 'w', bias: 'b' },
  attributes: { kernel_shape: [1, 1] },
}
const norm: Layer = {
  name: 'norm',
  operator: 'BatchNormalization',
  inputs: ['conv'],
  parameters: { scale: 'scale', shift: 'shift', mean: 'mean', variance: 'variance' },
  attributes: { epsilon: 0 },
  statistics: 'frozen',
}

function networkOf(layers: readonly Layer[], channels = 1): Network {
  const used = new Set(layers.flatMap((layer) => Object.values(layer.parameters)))
  const parameters = Object.fromEntries(
    [...values]
      .filter(([name]) => used.has(name))
      .map(([name, { shape }]): [string, Parameter] => [
        name,
        { shape, trainable: false, source: { kind: 'blob', blob: '', tensor: name } },
      ]),
  )
  return {
    format: 'graft-network',
    version: 1,
    name: 'tiny',
    input: { name: 'x', shape: [channels, 4, 4] },
    layers,
    output: layers.at(-1)?.name ?? '',
    parameters,
    stages: [{ name: 'all', layers: layers.map((layer) => layer.name) }],
    preprocessing: {
      height: 4,
      width: 4,
      resize: 'stretch',
      cropFraction: 1,
      interpolation: 'bilinear',
      channelOrder: 'rgb',
      mean: [0, 0, 0],
      deviation: [1, 1, 1],
    },
    head: null,
    provenance: { source: 'test', licence: null, history: [] },
  }
}

const names = (network: Network): string[] => network.layers.map((layer) => `${layer.operator} ${layer.name}`)

describe('foldBatchNorm', () => {
  it('scales weights and bias by scale / sqrt(variance)', () => {
    const given = networkOf([conv, norm])
    const { network, tensors } = foldBatchNorm(given, values)
    expect(names(network)).toEqual(['Conv norm'])
    const [layer] = network.layers
    const slot = (name: string): number[] => [...(tensors.get(layer?.parameters[name] ?? '')?.data ?? [])]
    // gain: 3 / 2 and 4 / 0.5; bias: (0.5 - 0.25) * 1.5 - 1 and (1 + 0.5) * 8 + 2.
    expect(slot('weight')).toEqual([3, -24])
    expect(slot('bias')).toEqual([-0.625, 14])
    expect(tensors.size).toBe(2)
    expect(values.get('w')?.data).toEqual(Float32Array.of(2, -3))
    expect(names(given)).toHaveLength(2)
  })

  it('folds into Gemm with weights stored either way, and its beta', () => {
    for (const transB of [0, 1]) {
      const matrix = {
        shape: transB ? [2, 3] : [3, 2],
        data: transB ? Float32Array.of(1, 2, 3, 4, 5, 6) : Float32Array.of(1, 4, 2, 5, 3, 6),
      }
      const tensors: Tensors = new Map([...values, ['w', matrix]])
      const gemm: Layer = {
        name: 'conv',
        operator: 'Gemm',
        inputs: ['flat'],
        parameters: { weight: 'w', bias: 'b' },
        attributes: { transB, beta: 2 },
      }
      const flat: Layer = { name: 'flat', operator: 'Flatten', inputs: ['x'], parameters: {}, attributes: { axis: 1 } }
      const base = networkOf([flat, gemm, norm])
      const given: Network = {
        ...base,
        input: { name: 'x', shape: [3, 1, 1] },
        parameters: { ...base.parameters, w: { ...(base.parameters.w as Parameter), shape: matrix.shape } },
      }
      const folded = foldBatchNorm(given, tensors)
      const weight = folded.tensors.get(folded.network.layers.at(-1)?.parameters.weight ?? '')
      expect([...(weight?.data ?? [])]).toEqual(transB ? [1.5, 3, 4.5, 32, 40, 48] : [1.5, 32, 3, 40, 4.5, 48])
      expect([...(folded.tensors.get(folded.network.layers.at(-1)?.parameters.bias ?? '')?.data ?? [])]).toEqual([
        (2 * 0.5 - 0.25) * 1.5 - 1,
        (2 * 1 + 0.5) * 8 + 2,
      ])
      expect(folded.network.layers.at(-1)?.attributes.beta).toBe(1)
    }
  })

  it('leaves a convolution alone that something else reads too', () => {
    const sum: Layer = { name: 'sum', operator: 'Add', inputs: ['norm', 'conv'], parameters: {}, attributes: {} }
    const given = networkOf([conv, norm, sum])
    expect(foldBatchNorm(given, values).network).toBe(given)
  })

  it('leaves a convolution alone whose value is to be kept', () => {
    const given = networkOf([conv, norm])
    expect(foldBatchNorm(given, values, { keep: ['conv'] }).network).toBe(given)
  })

  it('folds batch statistics only when told that this is evaluation', () => {
    const given = networkOf([conv, { ...norm, statistics: 'batch' }])
    expect(foldBatchNorm(given, values).network).toBe(given)
    expect(names(foldBatchNorm(given, values, { includeBatchStatistics: true }).network)).toEqual(['Conv norm'])
  })

  it('does not fold a normalisation that comes before the convolution', () => {
    const given = networkOf(
      [
        { ...norm, inputs: ['x'] },
        { ...conv, inputs: ['norm'], parameters: {} },
      ].slice(0, 1),
      2,
    )
    expect(foldBatchNorm(given, values).network).toBe(given)
  })
})
