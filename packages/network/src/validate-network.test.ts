import { describe, expect, it } from 'vitest'
import { refusalOf } from '@graft/errors/testing'
import { graftnet } from './architectures/graftnet.js'
import { countMacs } from './count-macs.js'
import { countParameters } from './count-parameters.js'
import { inferShapes } from './infer-shapes.js'
import type { Layer, Network } from './network.js'
import { validateNetwork } from './validate-network.js'

const network = graftnet.build({ classes: 10 })

/** The network with one layer changed. */
function withLayer(name: string, change: Partial<Layer>): Network {
  return { ...network, layers: network.layers.map((layer) => (layer.name === name ? { ...layer, ...change } : layer)) }
}

const convolution = network.layers[0] as Layer

describe('validateNetwork', () => {
  it('accepts a built network, with class names too', () => {
    expect(() => validateNetwork(network)).not.toThrow()
    expect(() =>
      validateNetwork({
        ...network,
        head: { task: 'single-label', names: Array.from({ length: 10 }, (_, index) => `class ${index}`) },
      }),
    ).not.toThrow()
  })

  it.each([
    [
      'a layer without a name of its own',
      withLayer('stem.conv_bn', { name: 'stem.conv' }),
      /uses the name 'stem.conv' twice/,
    ],
    [
      'a layer that reads a later one',
      withLayer('stem.conv', { inputs: ['head.fc'] }),
      /'stem.conv' that reads 'head.fc'.*topological order/,
    ],
    ['an output that is no layer', { ...network, output: 'softmax' }, /names 'softmax' as its output/],
    [
      'an unknown operator',
      withLayer('stem.conv', { operator: 'ConvInteger' }),
      /Layer 'stem.conv': Unknown operator 'ConvInteger'/,
    ],
    ['too many inputs', withLayer('stem.conv', { inputs: ['input', 'input'] }), /has 2 data inputs. Expected 1/],
    [
      'an unknown attribute',
      withLayer('stem.conv', { attributes: { ...convolution.attributes, auto_pad: 'SAME_UPPER' } }),
      /has the attribute 'auto_pad'. Expected only kernel_shape, strides/,
    ],
    [
      'an attribute of the wrong type',
      withLayer('stem.conv', { attributes: { ...convolution.attributes, group: 'one' } }),
      /has group = "one". Expected a number/,
    ],
    [
      'a missing required attribute',
      withLayer('head.pool', { operator: 'MaxPool' }),
      /lacks the attribute 'kernel_shape'/,
    ],
    [
      'an unknown parameter slot',
      withLayer('stem.conv', { parameters: { ...convolution.parameters, kernel: 'stem.conv.weight' } }),
      /slot 'kernel'. Expected only weight, bias/,
    ],
    ['a missing parameter', withLayer('stem.conv', { parameters: {} }), /has no parameter in slot 'weight'/],
    [
      'a parameter that is not there',
      withLayer('stem.conv', { parameters: { weight: 'nowhere' } }),
      /uses the parameter 'nowhere'/,
    ],
    ['statistics on a convolution', withLayer('stem.conv', { statistics: 'frozen' }), /has 'statistics'/],
    [
      'an unused parameter',
      {
        ...network,
        parameters: {
          ...network.parameters,
          spare: {
            shape: [1],
            trainable: true,
            source: { kind: 'initializer', initializer: { name: 'zeros' }, seed: 0 },
          },
        },
      },
      /no layer uses: spare/,
    ],
    ['a layer in no stage', { ...network, stages: network.stages.slice(0, -1) }, /stages that go wrong at 'head.pool'/],
    [
      'stages out of order',
      { ...network, stages: [...network.stages].reverse() },
      /stages that go wrong at 'stem.conv'/,
    ],
    [
      'two stages of one name',
      { ...network, stages: network.stages.map((stage) => ({ ...stage, name: 'all' })) },
      /two stages named 'all'/,
    ],
    [
      'a classifier without a head',
      {
        ...network,
        head: { task: 'single-label', names: ['a'] },
        stages: network.stages.map((stage) => (stage.name === 'head' ? { ...stage, name: 'top' } : stage)),
      },
      /last stage is 'top'/,
    ],
    [
      'as many class names as logits',
      { ...network, head: { task: 'single-label', names: ['a', 'b'] } },
      /gives \[3, 10\] for a batch of 3, but has 2 class names/,
    ],
    [
      'shapes that do not fit',
      withLayer('stage1.0.pointwise', { attributes: { group: 2 } }),
      /Layer 'stage1.0.pointwise' \(Conv\) got .* Expected 32 input channels/,
    ],
    [
      'a batch size built in',
      withLayer('head.flatten', { operator: 'Reshape', attributes: { shape: [1, 256] } }),
      /'head.flatten' \(Reshape\).*dynamic batch/,
    ],
  ] as [string, Network, RegExp][])('refuses %s', (_, broken, message) => {
    expect(refusalOf(() => validateNetwork(broken))).toMatch(message)
  })
})

describe('shapes and counts', () => {
  it('infers GraftNet layer by layer', () => {
    const shapes = inferShapes(network, 4)
    expect(shapes.get('input')).toEqual([4, 3, 64, 64])
    expect(shapes.get('stem.activation')).toEqual([4, 16, 32, 32])
    expect(shapes.get('head.pool')).toEqual([4, 256, 1, 1])
    expect(shapes.get('head.fc')).toEqual([4, 10])
  })

  it('counts multiply-accumulates for one image', () => {
    const macs = countMacs(network)
    expect(macs.get('stem.conv')).toBe(16 * 32 * 32 * 3 * 9)
    expect(macs.get('stage1.0.depthwise')).toBe(16 * 32 * 32 * 9)
    expect(macs.get('stage1.0.pointwise')).toBe(24 * 32 * 32 * 16)
    expect(macs.get('head.fc')).toBe(2560)
    expect(macs.get('stem.activation')).toBe(0)
  })

  it('counts parameters without running statistics, and which of them are trainable', () => {
    const statistics = Object.entries(network.parameters).filter(
      ([key]) => key.endsWith('.mean') || key.endsWith('.variance'),
    )
    const size = (entries: readonly (readonly [string, { readonly shape: readonly number[] }])[]): number =>
      entries.reduce((sum, [, { shape }]) => sum + shape.reduce((product, length) => product * length, 1), 0)
    const total = size(Object.entries(network.parameters)) - size(statistics)
    expect(countParameters(network)).toEqual({ total, trainable: total })
    const frozen = Object.fromEntries(
      Object.entries(network.parameters).map(([key, parameter]) => [
        key,
        { ...parameter, trainable: key.startsWith('head.') },
      ]),
    )
    expect(countParameters({ ...network, parameters: frozen })).toEqual({ total, trainable: 2570 })
  })
})
