import { describe, expect, it } from 'vitest'
import { NetworkBuilder } from '../builder/network-builder.js'
import { inferShapes } from '../infer-shapes.js'
import type { Network } from '../network.js'
import { addHead } from './add-head.js'
import { channelAxis } from './channel-axis.js'

const facts = {
  name: 'test',
  preprocessing: {
    height: 8,
    width: 8,
    resize: 'stretch',
    cropFraction: 1,
    interpolation: 'bilinear',
    channelOrder: 'rgb',
    mean: [0, 0, 0],
    deviation: [1, 1, 1],
  },
  provenance: { source: 'test', licence: null, history: [] },
} as const
const values = (...shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5) })

/** A convolution to a map of 5 channels, 4 x 4, and what the test puts behind it. */
function networkWith(add: (builder: NetworkBuilder) => void): Network {
  const builder = new NetworkBuilder({ input: { name: 'input', shape: [3, 8, 8] } })
  builder.startStage('stem')
  builder.add({
    name: 'conv',
    operator: 'Conv',
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    parameters: { weight: values(5, 3, 2, 2) },
  })
  add(builder)
  return builder.build(facts)
}
const lastOf = (builder: NetworkBuilder): void => {
  builder.add({ name: 'last', operator: 'Transpose', attributes: { perm: [0, 2, 3, 1] } })
}
const widthOf = (network: Network, pooling: 'average' | 'max' | 'averageAndMax' | 'none'): number | undefined =>
  addHead(network, { classNames: ['a', 'b'], pooling, hidden: [], dropout: 0, seed: 1 }).parameters['head.fc.weight']
    ?.shape[1]

describe('the channels of a feature map (model files 1)', () => {
  const cases: readonly (readonly [string, number, (builder: NetworkBuilder) => void])[] = [
    ['second behind a convolution', 1, (builder) => void builder.add({ name: 'relu', operator: 'Relu' })],
    ['last behind a transposition', 3, lastOf],
    [
      'last behind a layer normalisation over the last axis',
      3,
      (builder) => {
        lastOf(builder)
        builder.add({ name: 'norm', operator: 'LayerNormalization', parameters: { scale: values(5) } })
        builder.add({ name: 'gelu', operator: 'Gelu' })
      },
    ],
    [
      'second again where they are moved back',
      1,
      (builder) => {
        lastOf(builder)
        builder.add({ name: 'linear', operator: 'MatMul', parameters: { weight: values(5, 5) } })
        builder.add({ name: 'back', operator: 'Transpose', attributes: { perm: [0, 3, 1, 2] } })
      },
    ],
    [
      "last in a sum of which one part is put together from windows (Swin's)",
      3,
      (builder) => {
        lastOf(builder)
        builder.add({ name: 'norm', operator: 'LayerNormalization', parameters: { scale: values(5) } })
        builder.add({ name: 'split', operator: 'Reshape', attributes: { shape: [0, 2, 2, 2, 2, 5] } })
        builder.add({ name: 'windows', operator: 'Reshape', attributes: { shape: [0, 4, 4, 5] } })
        builder.add({ name: 'sum', operator: 'Add', inputs: ['windows', 'norm'] })
      },
    ],
  ]

  it.each(cases)('are found: %s', (_, axis, add) => {
    const network = networkWith(add)
    expect(channelAxis(network, network.output)).toBe(axis)
  })

  it.each([
    ['average', 5],
    ['max', 5],
    ['averageAndMax', 10],
    ['none', 80],
  ] as const)('are what a new head with pooling "%s" reads where they come last', (pooling, width) => {
    expect(widthOf(networkWith(lastOf), pooling)).toBe(width)
  })

  const turnedRound = (builder: NetworkBuilder): void => {
    builder.add({ name: 'sequence', operator: 'Reshape', attributes: { shape: [0, 5, 16] } })
    builder.add({ name: 'tokens', operator: 'Transpose', attributes: { perm: [0, 2, 1] } })
    builder.add({ name: 'norm', operator: 'LayerNormalization', parameters: { scale: values(5) } })
  }

  it.each([
    ['average', 5],
    ['max', 5],
    ['averageAndMax', 10],
    ['none', 80],
  ] as const)(
    'are what a new head with pooling "%s" reads of a sequence, also of one that was turned round',
    (pooling, width) => {
      expect(widthOf(networkWith(turnedRound), pooling)).toBe(width)
      const back = networkWith((builder) => {
        turnedRound(builder)
        builder.add({ name: 'back', operator: 'Transpose', attributes: { perm: [0, 2, 1] } })
      })
      expect(channelAxis(back, back.output)).toBe(1)
      const map = networkWith((builder) => {
        turnedRound(builder)
        builder.add({ name: 'back', operator: 'Transpose', attributes: { perm: [0, 2, 1] } })
        builder.add({ name: 'row', operator: 'Unsqueeze', attributes: { axes: [2] } })
      })
      expect(channelAxis(map, map.output)).toBe(1)
      expect(widthOf(back, pooling)).toBe(width)
    },
  )

  it('leaves names free that the trunk has taken (model files 13)', () => {
    const network = networkWith((builder) => void builder.add({ name: 'head.conv', operator: 'Relu' }))
    const added = addHead(network, { classNames: ['a', 'b'], pooling: 'average', hidden: [], dropout: 0, seed: 1 })
    expect(inferShapes(added).get(added.output)).toEqual([1, 2])
    expect(added.stages.at(-1)).toEqual({ name: 'head', layers: ['head_2.pool', 'head_2.flatten', 'head_2.fc'] })
  })
})
