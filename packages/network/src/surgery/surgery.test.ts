import { classifierHead } from '../head.js'
import { describe, expect, it } from 'vitest'
import { refusalOf } from '@graft/errors/testing'
import { findArchitecture } from '../architectures/index.js'
import { graftnet } from '../architectures/graftnet.js'
import { inferShapes } from '../infer-shapes.js'
import { NetworkError } from '../network-error.js'
import type { Network } from '../network.js'
import { validateNetwork } from '../validate-network.js'
import { addHead, type HeadOptions } from './add-head.js'
import { cutAfter } from './cut-after.js'
import { freeze } from './freeze.js'
import { reinitialize } from './reinitialize.js'
import { singleTensorCuts } from './single-tensor-cuts.js'
import { stripHead } from './strip-head.js'

const network: Network = { ...graftnet.build({ classes: 4 }), head: classifierHead(['a', 'b', 'c', 'd']) }
const head: HeadOptions = { classNames: ['ant', 'bee'], pooling: 'average', hidden: [], dropout: 0, seed: 5 }

const trainable = (result: Network): string[] =>
  Object.entries(result.parameters)
    .filter(([, parameter]) => parameter.trainable)
    .map(([name]) => name)
const shapeOf = (result: Network): readonly number[] | undefined => inferShapes(result).get(result.output)
const lastLine = (result: Network): string | undefined => result.provenance.history.at(-1)

describe('cutAfter', () => {
  it('keeps everything up to a stage and drops what nothing uses any more', () => {
    const cut = cutAfter(network, 'stage3')
    expect(cut.output).toBe('stage3.1.activation')
    expect(cut.stages.map((stage) => stage.name)).toEqual(['stem', 'stage1', 'stage2', 'stage3'])
    expect(Object.keys(cut.parameters).filter((name) => /^(stage4|stage5|head)/.test(name))).toEqual([])
    expect(cut.head).toBeNull()
    expect(lastLine(cut)).toBe('cut after stage3')
    expect(shapeOf(cut)).toEqual([1, 96, 8, 8])
  })

  it('cuts inside a stage where one value crosses', () => {
    expect(shapeOf(cutAfter(network, 'stage3.0.depthwise_activation'))).toEqual([1, 48, 8, 8])
  })

  it('refuses to cut inside a residual block and names the nearest places', () => {
    expect(refusalOf(() => cutAfter(network, 'stage3.1.pointwise'))).toMatch(
      /stage3\.0\.activation \(before it\) or stage3\.1\.add \(after it\)/,
    )
  })

  it('names the stages when there is no such target', () => {
    expect(() => cutAfter(network, 'layer4')).toThrow(/no stage or layer "layer4".*stem, stage1/)
    expect(() => cutAfter(network, 'layer4')).toThrow(NetworkError)
  })

  it('keeps class names when nothing is cut off', () => {
    expect(cutAfter(network, 'head').head).toEqual(network.head)
  })

  it('leaves the given network as it was', () => {
    const before = JSON.stringify(network)
    cutAfter(network, 'stage1')
    freeze(network, { frozen: true })
    reinitialize(network, { seed: 1 })
    expect(JSON.stringify(network)).toBe(before)
  })
})

describe('singleTensorCuts', () => {
  it('does not depend on how parallel branches are listed', () => {
    const layer = (name: string, ...inputs: string[]) => ({
      name,
      operator: inputs.length > 1 ? 'Add' : 'Relu',
      inputs,
      parameters: {},
      attributes: {},
    })
    const a = layer('a', 'x')
    const left = layer('left', 'a')
    const right = layer('right', 'a')
    const joined = layer('joined', 'left', 'right')
    const end = layer('end', 'joined')
    expect(singleTensorCuts({ layers: [a, left, right, joined, end], output: 'end' })).toEqual(['a', 'joined', 'end'])
    expect(singleTensorCuts({ layers: [a, right, left, joined, end], output: 'end' })).toEqual(['a', 'joined', 'end'])
  })

  it('sees the network input passing by', () => {
    const layers = [
      { name: 'a', operator: 'Relu', inputs: ['x'], parameters: {}, attributes: {} },
      { name: 'b', operator: 'Add', inputs: ['a', 'x'], parameters: {}, attributes: {} },
    ]
    expect(singleTensorCuts({ layers, output: 'b' })).toEqual(['b'])
  })
})

describe('stripHead', () => {
  it('leaves the feature map before the pooling', () => {
    const stripped = stripHead(network)
    expect([shapeOf(stripped), stripped.head]).toEqual([[1, 256, 4, 4], null])
  })

  it('leaves a network without a head as it is (fault 6)', () => {
    const stripped = stripHead(network)
    expect(stripHead(stripped)).toBe(stripped)
  })
})

describe('addHead', () => {
  const backbone = stripHead(network)

  it.each([
    ['average', 256],
    ['max', 256],
    ['averageAndMax', 512],
    ['none', 4096],
  ] as const)('pools %s to %i features', (pooling, features) => {
    const result = addHead(backbone, { ...head, pooling })
    expect(result.parameters['head.fc.weight']?.shape).toEqual([2, features])
    expect(shapeOf(result)).toEqual([1, 2])
    expect(result.head).toEqual({ task: 'single-label', names: ['ant', 'bee'] })
    validateNetwork(result)
  })

  it('builds hidden layers with activation and dropout', () => {
    const result = addHead(backbone, { ...head, hidden: [64, 32], dropout: 0.3, activation: 'hardswish' })
    expect(result.stages.at(-1)?.layers).toEqual(
      ['pool', 'flatten', 'hidden1', 'activation1', 'dropout1', 'hidden2', 'activation2', 'dropout2', 'fc'].map(
        (name) => `head.${name}`,
      ),
    )
    expect(result.layers.find((layer) => layer.name === 'head.activation1')?.operator).toBe('HardSwish')
  })

  it('takes a vector as it is', () => {
    const vector = cutAfter(network, 'head.flatten')
    const withoutStage = { ...vector, stages: [{ name: 'all', layers: vector.layers.map((layer) => layer.name) }] }
    expect(addHead(withoutStage, head).stages.at(-1)?.layers).toEqual(['head_2.fc'])
    const renamed = JSON.parse(JSON.stringify(withoutStage).replaceAll('"head.', '"neck.')) as Network
    expect(addHead(renamed, head).stages.at(-1)?.layers).toEqual(['head.fc'])
  })

  it('gives every parameter its own seed', () => {
    const seeds = Object.entries(addHead(backbone, { ...head, hidden: [8, 8] }).parameters)
      .filter(([name]) => name.startsWith('head.'))
      .map(([, { source }]) => (source.kind === 'initializer' ? source.seed : -1))
    expect(new Set(seeds).size).toBe(6)
  })

  it.each([
    [{ classNames: [] }, /no classes/],
    [{ classNames: ['a', 'a'] }, /given twice/],
    [{ hidden: [0] }, /0 units/],
    [{ dropout: 1 }, /dropout of 1/],
    [{ dropout: NaN }, /out of range/],
  ])('refuses %o', (options, message) => {
    expect(() => addHead(backbone, { ...head, ...options })).toThrow(message)
  })

  it('refuses a second head', () => {
    expect(() => addHead(network, head)).toThrow(/already has a head/)
  })
})

describe('freeze', () => {
  it('stops before the head when no end is given', () => {
    const frozen = freeze(network, { frozen: true })
    expect(trainable(frozen)).toEqual(['head.fc.weight', 'head.fc.bias'])
    expect(new Set(frozen.layers.map((layer) => layer.statistics))).toEqual(new Set([undefined, 'frozen']))
  })

  it('composes: the last one wins', () => {
    const result = freeze(freeze(network, { frozen: true }), { from: 'stage5', frozen: false, statistics: 'batch' })
    expect(trainable(result).every((name) => /^(stage5|head)/.test(name))).toBe(true)
    expect(
      result.layers.filter((layer) => layer.statistics === 'batch').every((layer) => layer.name.startsWith('stage5')),
    ).toBe(true)
    expect(result.provenance.history.slice(-2)).toEqual([
      'froze stem.conv to stage5.1.activation, frozen statistics',
      'unfroze stage5 to stage5.1.activation, batch statistics',
    ])
  })

  it('never makes running statistics trainable', () => {
    expect(
      trainable(freeze(network, { pattern: '*', frozen: false })).filter((name) => /mean|variance/.test(name)),
    ).toEqual([])
  })

  it('keeps the statistics of normalisations as they are when unfreezing', () => {
    const result = freeze(freeze(network, { frozen: true }), { frozen: false })
    expect(result.layers.filter((layer) => layer.statistics === 'batch')).toEqual([])
  })

  it.each([
    ['stage4.*', /^stage4\./],
    ['*_bn', /_bn\./],
    ['stage?.0.depthwise', /^stage\d\.0\.depthwise\.weight/],
    ['/^stage[12]/', /^stage[12]/],
    ['head.*', /^head\.fc/],
  ])('matches %s', (pattern, expected) => {
    const names = trainable(freeze(freeze(network, { pattern: '*', frozen: true }), { pattern, frozen: false }))
    expect(names).toEqual(trainable(network).filter((name) => expected.test(name)))
    expect(names.length).toBeGreaterThan(0)
  })

  it.each([
    [{ pattern: 'stage9.*' }, /No layer .* matches "stage9/],
    [{ pattern: '/(a+)+$/' }, /very long/],
    [{ pattern: '/(a|a)*b/' }, /very long/],
    [{ pattern: '/(a)\\1/' }, /very long/],
    [{ pattern: '/.*.*.*.*x/' }, /very long/],
    [{ pattern: '/(/' }, /not a regular expression/],
    [{ pattern: 'a'.repeat(201) }, /201 characters/],
    [{ from: 'stage3', to: 'stage1' }, /end comes before its start/],
    [{ from: 'nowhere' }, /no stage or layer "nowhere"/],
  ])('refuses %o', (range, message) => {
    expect(() => freeze(network, { ...range, frozen: true })).toThrow(message)
  })

  it('takes only the kinds of parameters that are asked for: norms and biases in one step', () => {
    const frozen = freeze(network, { frozen: true, kinds: ['weights', 'embeddings', 'statistics'] })
    expect(new Set(trainable(frozen).map((name) => name.split('.').at(-1)))).toEqual(
      new Set(['scale', 'shift', 'weight', 'bias']),
    )
    expect(trainable(frozen).filter((name) => name.endsWith('weight'))).toEqual(['head.fc.weight'])
    expect(frozen.layers.filter((layer) => layer.statistics === 'batch')).toEqual([])
    expect(lastLine(frozen)).toBe(
      'froze weights, embeddings and statistics of stem.conv to stage5.1.activation, frozen statistics',
    )
  })

  it('counts the positions of tokens among the embeddings, although they are added', () => {
    const vit = findArchitecture('vit_tiny_patch16_224').build({ classes: 4, inputSize: 32 })
    const kinds = ['weights', 'embeddings', 'statistics'] as const
    const names = trainable(freeze(vit, { frozen: true, kinds }))
    expect(names).toContain('blocks.3.attn.qkv.bias')
    expect(names).toContain('blocks.3.norm1.weight')
    expect(names.filter((name) => /pos_embed|cls_token|qkv\.weight/.test(name))).toEqual([])
  })

  it('leaves statistics alone where they are not among the kinds', () => {
    const statistics = (result: Network): readonly unknown[] => result.layers.map((layer) => layer.statistics)
    expect(statistics(freeze(network, { frozen: true, kinds: ['weights'] }))).toEqual(statistics(network))
    const still = freeze(network, { frozen: true, kinds: ['statistics'] })
    expect(trainable(still)).toEqual(trainable(network))
    expect(statistics(still)).toContain('frozen')
  })

  it.each([
    [[], /No kind/],
    [['embeddings'], /no embeddings/],
  ] as const)('refuses kinds %j that change nothing, naming the field', (kinds, message) => {
    expect(() => freeze(network, { frozen: true, kinds: [...kinds] })).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message), field: 'kinds' }),
    )
  })

  it('takes time that grows with the name times the glob only', () => {
    expect(() => freeze(network, { pattern: `${'*a'.repeat(90)}z`, frozen: true })).toThrow(/No layer/)
  })

  it('names both layers when a parameter is shared across the end of the range', () => {
    const shared: Network = {
      ...network,
      layers: network.layers.map((layer) =>
        layer.name === 'stage5.1.depthwise' ? { ...layer, parameters: { weight: 'stage5.0.depthwise.weight' } } : layer,
      ),
    }
    expect(() => freeze(shared, { from: 'stage5.1.depthwise', frozen: true })).toThrow(
      /stage5\.1\.depthwise .*stage5\.0\.depthwise .*share parameter/,
    )
  })
})

describe('reinitialize', () => {
  it('gives the range fresh values, its own seeds, and batch statistics', () => {
    const result = reinitialize(freeze(network, { frozen: true }), { from: 'stage4', seed: 9 })
    const source = (name: string): unknown => result.parameters[name]?.source
    expect(source('stage4.0.depthwise.weight')).toMatchObject({
      kind: 'initializer',
      initializer: { name: 'heNormal' },
    })
    expect(source('stage4.0.depthwise_bn.scale')).toMatchObject({ initializer: { name: 'ones' } })
    expect(source('stage4.0.depthwise_bn.mean')).toMatchObject({ initializer: { name: 'zeros' } })
    expect(source('stage4.0.depthwise_bn.variance')).toMatchObject({ initializer: { name: 'ones' } })
    expect(source('stage3.0.depthwise.weight')).toEqual(network.parameters['stage3.0.depthwise.weight']?.source)
    expect(trainable(result).every((name) => /^(stage4|stage5|head)/.test(name))).toBe(true)
    expect(
      result.layers.filter((layer) => layer.statistics === 'batch').every((layer) => /^stage[45]/.test(layer.name)),
    ).toBe(true)
    expect(trainable(result).filter((name) => /mean|variance/.test(name))).toEqual([])
    expect(lastLine(result)).toMatch(/reinitialised stage4 to .*seed 9/)
  })

  it('uses linear for the classifier, or what it is told', () => {
    const weight = (result: Network): unknown => result.parameters['head.fc.weight']?.source
    expect(weight(reinitialize(network, { from: 'head', seed: 1 }))).toMatchObject({ initializer: { name: 'linear' } })
    expect(
      weight(reinitialize(network, { from: 'head', initializer: { name: 'glorotUniform' }, seed: 1 })),
    ).toMatchObject({ initializer: { name: 'glorotUniform' } })
  })
})
