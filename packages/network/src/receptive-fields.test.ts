import { describe, expect, it } from 'vitest'
import { graftnet } from './architectures/graftnet.js'
import type { Layer, Network } from './network.js'
import { receptiveFields } from './receptive-fields.js'

const template = graftnet.build({ classes: 2 })

function networkOf(
  layers: readonly Partial<Layer>[],
  parameters: Readonly<Record<string, readonly number[]>>,
): Network {
  const chain = layers.map(
    (layer, index): Layer => ({
      name: `layer${index}`,
      operator: 'Relu',
      inputs: [index === 0 ? 'input' : `layer${index - 1}`],
      parameters: {},
      attributes: {},
      ...layer,
    }),
  )
  return {
    ...template,
    input: { name: 'input', shape: [3, 64, 64] },
    layers: chain,
    output: chain.at(-1)?.name ?? '',
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, shape]) => [
        name,
        { shape, trainable: true, source: { kind: 'initializer', initializer: { name: 'zeros' }, seed: 1 } },
      ]),
    ),
  }
}

const sizes = (network: Network): (number | null)[] =>
  [...receptiveFields(network).values()].map((field) => field?.height ?? null)

describe('receptive fields', () => {
  it('grow as the literature says: ResNet begins with 7, and 11 behind its pooling', () => {
    const network = networkOf(
      [
        { operator: 'Conv', parameters: { weight: 'a' }, attributes: { strides: [2, 2], pads: [3, 3, 3, 3] } },
        { operator: 'Relu' },
        { operator: 'MaxPool', attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] } },
        { operator: 'Conv', parameters: { weight: 'b' }, attributes: { pads: [1, 1, 1, 1] } },
        { operator: 'Conv', parameters: { weight: 'b' }, attributes: { dilations: [2, 2], pads: [2, 2, 2, 2] } },
        { operator: 'GlobalAveragePool' },
      ],
      { a: [8, 3, 7, 7], b: [8, 8, 3, 3] },
    )
    expect(sizes(network)).toEqual([7, 7, 11, 19, 35, null])
    expect(receptiveFields(network).get('layer3')?.strides).toEqual([4, 4])
  })

  it('take the larger of two branches, and the whole image where one sees it', () => {
    const conv = { operator: 'Conv', parameters: { weight: 'a' }, attributes: { pads: [1, 1, 1, 1] } }
    const network = networkOf(
      [
        conv,
        conv,
        { operator: 'Add', inputs: ['layer0', 'layer1'] },
        { operator: 'GlobalAveragePool' },
        { operator: 'Mul', inputs: ['layer2', 'layer3'] },
      ],
      { a: [3, 3, 3, 3] },
    )
    expect(sizes(network)).toEqual([3, 5, 5, null, null])
  })

  it('follow the axes of the image through channels-last layers, not through a mean over them', () => {
    const network = networkOf(
      [
        { operator: 'Transpose', attributes: { perm: [0, 2, 3, 1] } },
        { operator: 'LayerNormalization', parameters: { scale: 'scale' } },
        { operator: 'MatMul', parameters: { weight: 'weight' } },
        { operator: 'Transpose', attributes: { perm: [0, 3, 1, 2] } },
        { operator: 'Conv', parameters: { weight: 'a' } },
        { operator: 'LayerNormalization', parameters: { scale: 'row' } },
      ],
      { scale: [3], weight: [3, 3], a: [3, 3, 5, 5], row: [60] },
    )
    expect(sizes(network)).toEqual([1, 1, 1, 1, 5, null])
  })
})
