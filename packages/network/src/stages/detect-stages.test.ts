import { describe, expect, it } from 'vitest'
import { NetworkBuilder } from '../builder/network-builder.js'
import { graftnet } from '../architectures/graftnet.js'
import type { Layer, Network, Parameter } from '../network.js'
import { cutAfter } from '../surgery/cut-after.js'
import { detectStages } from './detect-stages.js'
import { groupOfLayer } from './name-groups.js'
import { removeTrailingSoftmax } from './remove-trailing-softmax.js'

const starts = (network: Network): string[] => detectStages(network).map((stage) => `${stage.name}: ${stage.layers[0]}`)

const base = graftnet.build({ classes: 4 })

/** A chain of layers; `conv/2` is a 3x3 convolution of stride 2 with 4 channels. */
function chain(...names: readonly string[]): Network {
  const layers: Layer[] = []
  const parameters: Record<string, Parameter> = {}
  let channels = 3
  for (const text of names) {
    const [name = '', operator = 'Relu', stride = '1'] = text.split(' ')
    const inputs = [layers.at(-1)?.name ?? 'input']
    const shape = operator === 'Gemm' ? [4, channels] : [4, channels, 3, 3]
    const attributes =
      operator === 'Conv'
        ? { strides: [Number(stride), Number(stride)], pads: [1, 1, 1, 1] }
        : operator === 'Gemm'
          ? { transB: 1 }
          : operator === 'Pad'
            ? { pads: [0, 0, 0, 0, 0, 0, 1, 1] }
            : {}
    if (operator === 'Conv' || operator === 'Gemm')
      parameters[`${name}.weight`] = {
        shape,
        trainable: true,
        source: { kind: 'initializer', initializer: { name: 'zeros' }, seed: 0 },
      }
    layers.push({
      name,
      operator,
      inputs,
      attributes,
      parameters: parameters[`${name}.weight`] ? { weight: `${name}.weight` } : {},
    })
    if (operator === 'Conv') channels = 4
  }
  return {
    ...base,
    input: { name: 'input', shape: [3, 64, 64] },
    layers,
    parameters,
    stages: [],
    output: layers.at(-1)?.name ?? '',
  }
}

describe('detectStages', () => {
  it('finds the stages that names speak of, never inside a residual block', () => {
    expect(starts({ ...base, stages: [] })).toEqual(base.stages.map((stage) => `${stage.name}: ${stage.layers[0]}`))
  })

  it('goes by resolution when names say nothing', () => {
    const nameless = JSON.parse(JSON.stringify({ ...base, stages: [] }).replaceAll('stage', 'part')) as Network
    expect(starts(nameless)).toEqual([
      'stem: stem.conv',
      'stage1: part2.0.depthwise',
      'stage2: part3.0.depthwise',
      'stage3: part4.0.depthwise',
      'head: head.pool',
    ])
  })

  it('takes explicit padding into the stage that it pads for', () => {
    expect(
      starts(chain('a Conv 2', 'b', 'pad Pad', 'c Conv 2', 'pool GlobalAveragePool', 'flat Flatten', 'fc Gemm')),
    ).toEqual(['stem: a', 'stage1: pad', 'head: pool'])
  })

  it('starts the head at the flattening when there is no global pooling', () => {
    const network = chain('a Conv 2', 'b', 'flat Flatten', 'fc Gemm')
    const fc = { ...(network.parameters['fc.weight'] as Parameter), shape: [4, 4 * 32 * 32] }
    expect(starts({ ...network, parameters: { ...network.parameters, 'fc.weight': fc } })).toEqual([
      'stem: a',
      'head: flat',
    ])
  })

  it('has no head when the network ends in features', () => {
    expect(starts(chain('a Conv 2', 'b', 'c Conv 2'))).toEqual(['stem: a', 'stage1: c'])
    expect(starts(chain('a Conv 2', 'b', 'pool GlobalAveragePool', 'flat Flatten'))).toEqual(['stem: a'])
  })

  it('takes a last convolution with one channel per class as the classifier', () => {
    const network = {
      ...chain('a Conv 2', 'b', 'c Conv', 'd', 'pool GlobalAveragePool', 'flat Flatten'),
      head: { task: 'single-label', names: ['p', 'q', 'r', 's'] },
    }
    expect(starts(network)).toEqual(['stem: a', 'head: c'])
  })
})

describe('groupOfLayer', () => {
  it.each([
    ['/layer1/layer1.0/conv1/Conv', 'layer1'],
    ['/features/features.4/features.4.0/Conv', 'features.4'],
    ['layer3.1.conv1', 'layer3'],
    ['conv3_block2_1_conv', 'conv3'],
    ['block4a_expand_conv', 'block4'],
    ['block_13_project', 'block_13'],
    ['conv_dw_12', undefined],
    ['Conv_12', undefined],
    ['conv1', undefined],
  ])('%s belongs to %s', (name, group) => {
    expect(groupOfLayer({ name, operator: 'Relu', inputs: [], parameters: {}, attributes: {} })).toBe(group)
  })

  it('looks at parameter names where the layer is nameless', () => {
    expect(
      groupOfLayer({
        name: 'Conv_12',
        operator: 'Conv',
        inputs: [],
        parameters: { weight: 'layer2.0.conv1.weight' },
        attributes: {},
      }),
    ).toBe('layer2')
  })
})

describe('removeTrailingSoftmax', () => {
  it('drops it, also before mere reshaping, and says so', () => {
    const network = chain('a Conv 2', 'pool GlobalAveragePool', 'soft Softmax', 'flat Flatten')
    const result = removeTrailingSoftmax(network)
    expect(result.layers.map((layer) => layer.name)).toEqual(['a', 'pool', 'flat'])
    expect(result.layers.at(-1)?.inputs).toEqual(['pool'])
    expect(result.provenance.history.at(-1)).toContain('soft removed')
  })

  it('changes nothing where there is none', () => {
    const network = chain('a Conv 2', 'soft Softmax', 'b')
    expect(removeTrailingSoftmax(network)).toBe(network)
  })
})

describe('networks in which several values cross from the stem to the head (model files 8)', () => {
  /** Two branches side by side; where `named`, their layers say to which stage they belong. */
  function branches(named: boolean): Network {
    const builder = new NetworkBuilder({ input: base.input })
    const conv = (name: string, input: string, stride: number, channels: number): string =>
      builder.add({
        name,
        operator: 'Conv',
        inputs: [input],
        attributes: { strides: [stride, stride], pads: [1, 1, 1, 1] },
        parameters: { weight: { shape: [8, channels, 3, 3], initializer: { name: 'heNormal' } } },
      })
    let [high, low] = [conv('conv1', base.input.name, 2, 3), 'conv1']
    for (const stage of [2, 3, 4])
      for (let step = 0; step < 12; step++) {
        const name = (branch: string): string =>
          named ? `stage${stage}.${step}.${branch}` : `${branch}_${stage}_${step}`
        high = conv(name('high'), high, 1, 8)
        low = conv(name('low'), low, step === 0 ? 2 : 1, 8)
      }
    const window = { kernel_shape: [8, 8], strides: [8, 8] }
    const small = builder.add({ name: 'small', operator: 'AveragePool', inputs: [high], attributes: window })
    builder.add({ name: 'sum', operator: 'Add', inputs: [small, low] })
    builder.add({ name: 'pool', operator: 'GlobalAveragePool' })
    builder.add({ name: 'flat', operator: 'Flatten' })
    const weight = { shape: [10, 8], initializer: { name: 'linear' } } as const
    builder.add({ name: 'fc', operator: 'Gemm', attributes: { transB: 1 }, parameters: { weight } })
    const built = builder.build({ ...base, output: 'fc', head: null })
    return { ...built, stages: detectStages(built) }
  }

  it.each([
    [true, ['stem', 'stage2', 'stage3', 'stage4', 'head']],
    [false, ['stem', 'stage1', 'stage2', 'stage3', 'head']],
  ])('get stages to freeze at (layers with telling names: %s)', (named, names) => {
    const network = branches(named)
    expect(network.stages.map(({ name }) => name)).toEqual(names)
    expect(Math.max(...network.stages.map(({ layers }) => layers.length))).toBeLessThan(0.75 * network.layers.length)
  })

  it('refuse to be cut where another value would be lost, and name the stages where none is', () => {
    expect(() => cutAfter(branches(true), 'stage3')).toThrow(/Can't cut .* after stage3: another path passes by/)
  })
})
