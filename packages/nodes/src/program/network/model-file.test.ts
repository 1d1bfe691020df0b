import { addHead, findArchitecture, type Layer, type Network, seeTwice, stripHead } from '@graft/network'
import { conformanceCases } from '@graft/engines/conformance'
import { describe, expect, it } from 'vitest'
import { frozenNames } from '../plan/frozen-names.js'
import { modelFile } from './model-file.js'
import { torchNetwork } from './torch-network.js'

it('Names of a network and its layers write no line of model.py', () => {
  const { network } = conformanceCases.find(({ operator }) => operator === 'Relu')!
  const hostile = 'a"""\nimport os\n.0.relu'
  const renamed = JSON.parse(
    JSON.stringify(network).replaceAll(JSON.stringify(network.output), JSON.stringify(hostile)),
  ) as typeof network
  const written = modelFile(torchNetwork({ ...renamed, name: hostile }))
  expect(written).toContain('# a import os .0')
  expect(written.split('\n').filter((line) => /^\s*import os/.test(line))).toEqual([])
  expect(written.match(/"""/g)).toHaveLength(2 * (3 + network.stages.length))
})

it('Parameters of a layer take no name of another layer', () => {
  const { network } = conformanceCases.find(
    ({ network }) => network.layers.at(-1)?.operator === 'Gemm' && 'bias' in network.layers.at(-1)!.parameters,
  )!
  const layer = network.layers.at(-1)!
  const before = network.layers.slice(0, -1)
  // Beta makes weight and bias parameters of the stage: `a_weight` and `a_bias`, which the layers behind are called.
  const first = { ...layer, name: 'a', attributes: { ...layer.attributes, beta: 2 } }
  const behind = ['a_weight', 'a_bias'].map((name, index) => ({
    name,
    operator: 'PRelu',
    inputs: [['a', 'a_weight'][index]!],
    attributes: {},
    parameters: { slope: `${name}.slope` },
  }))
  const slope = {
    shape: [1],
    trainable: true,
    source: { kind: 'initializer', initializer: { name: 'zeros' }, seed: 0 },
  } as const
  const torch = torchNetwork({
    ...network,
    layers: [...before, first, ...behind],
    output: 'a_bias',
    parameters: { ...network.parameters, 'a_weight.slope': slope, 'a_bias.slope': slope },
    stages: [{ name: 'all', layers: [...before.map(({ name }) => name), 'a', 'a_weight', 'a_bias'] }],
  })
  const names = [...torch.names.values()]
  expect(names).toContain('all.a_weight')
  expect(new Set(names).size).toBe(names.length)
})

describe('stages of a program', () => {
  const network = findArchitecture('graftnet').build({ classes: 4 })
  const classes = modelFile(torchNetwork(network))
    .split(/^class /m)
    .slice(1, -1)

  it('take the pooling that the next one begins with, so that little is kept of stages that stay as they are', () => {
    const { layers } = network.stages.at(-1)!
    expect(layers.length).toBeGreaterThan(1)
    expect(classes.at(-1)).not.toMatch(/pool|flatten/)
    expect(classes.at(-2)).toMatch(/F\.adaptive_avg_pool2d\(x, 1\)\n\s+x = x\.flatten\(1\)\n\s+return x/)
    expect([...torchNetwork(network).names.values()].filter((name) => name.startsWith('head.'))).toHaveLength(2)
  })

  it('let activations overwrite what nothing else needs, also not for a gradient', () => {
    const written = modelFile(torchNetwork(network))
    expect(written).toMatch(/self\.\w+_bn\(x\)\n\s+x = F\.relu6?\(x, inplace=True\)/)
    const twice = conformanceCases.find(({ operator }) => operator === 'Relu')!.network
    expect(modelFile(torchNetwork(twice))).not.toContain('inplace')
  })

  it('let no activation overwrite what another layer has read, which may need it for its gradient', () => {
    const at = network.layers.findIndex(({ operator }) => operator === 'Clip' || operator === 'Relu')
    const activation = network.layers[at]!
    const earlier = { ...activation, name: 'earlier', operator: 'Sigmoid', attributes: {}, parameters: {} }
    const read = {
      ...network,
      layers: network.layers.toSpliced(at, 0, earlier),
      stages: network.stages.map(({ name, layers }) => ({
        name,
        layers: layers.flatMap((one) => (one === activation.name ? ['earlier', one] : [one])),
      })),
    }
    const overwriting = (one: typeof network): number => modelFile(torchNetwork(one)).split('inplace').length - 1
    expect(overwriting(read)).toBe(overwriting(network) - 1)
  })
})

describe('layers that share their parameters', () => {
  const one = stripHead(findArchitecture('graftnet').build({ classes: 4 }))
  const { name } = one
  const twice = addHead(seeTwice(one), { classNames: ['a', 'b'], pooling: 'average', hidden: [], dropout: 0, seed: 1 })
  const shared = conformanceCases.find(({ title }) =>
    title.startsWith('frozen statistics, shared by two views'),
  )!.network
  const withLayer = (wanted: string, change: Partial<Layer>): Network => ({
    ...shared,
    layers: shared.layers.map((layer) => (layer.name === wanted ? { ...layer, ...change } : layer)),
  })

  it(`are made once and written once where a stage has both, as where ${name} sees images twice`, () => {
    const torch = torchNetwork(twice)
    const written = modelFile(torch)
    const modules = [...written.matchAll(/= nn\.(Conv2d|BatchNorm2d)/g)]
    expect(modules).toHaveLength(one.layers.filter(({ operator }) => /^(Conv|Batch)/.test(operator)).length)
    expect(written.match(/def branch/g)).toHaveLength(one.stages.length)
    expect(written.match(/= self\.branch\(/g)).toHaveLength(2 * one.stages.length)
    expect(new Set(torch.names.keys())).toEqual(new Set(Object.keys(twice.parameters)))
    expect(new Set(torch.names.values()).size).toBe(torch.names.size)
  })

  it('are lent by the stage that made them where another stage has them again', () => {
    const names = shared.layers.map((layer) => layer.name)
    const border = names.indexOf('other.conv')
    const written = modelFile(
      torchNetwork({
        ...shared,
        stages: [
          { name: 'first', layers: names.slice(0, border) },
          { name: 'second', layers: names.slice(border) },
        ],
      }),
    )
    expect(written).toContain('def __init__(self, shared_first: First) -> None:')
    expect(written).toContain('= self.shared_first[0].one_conv(')
    expect(written).toContain('("second", Second(shared_first))')
  })

  it('are refused by name where they are otherwise different', () => {
    const apart = [
      withLayer('other.conv', {
        attributes: { pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 },
        parameters: { weight: 'one.conv.weight', bias: 'one.norm.shift' },
      }),
      withLayer('other.norm', { attributes: { epsilon: 0.1 } }),
    ]
    for (const network of apart)
      expect(() => torchNetwork(network)).toThrow(
        /layers one\.(conv|norm) .* and other\.(conv|norm) .* share a parameter/,
      )
  })

  it('are refused by name where only one of them follows the batches', () => {
    const network = withLayer('other.norm', { statistics: 'batch' })
    expect(() => frozenNames(torchNetwork(network), network, null)).toThrow(
      /layers other\.norm and one\.norm share their statistics/,
    )
  })
})
