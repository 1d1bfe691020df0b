import { describe, expect, it } from 'vitest'
import { rejectionOf } from '@graft/errors/testing'
import type { Network } from '../../network.js'
import { FormatError } from '../../weight-format.js'
import type { LoadedNetwork } from '../format.js'
import { filesInMemory, type ModelFiles } from '../model-files.js'
import { readNetwork } from '../index.js'

interface Weight {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype?: string
  readonly quantization?: object
}

/** A model directory in memory; the weights count 0, 1, 2, ... */
function files(
  modelTopology: unknown,
  weights: readonly Weight[],
  more: Readonly<Record<string, string>> = {},
): ModelFiles {
  const total = weights.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0)
  const described = weights.map((weight) => ({ dtype: 'float32', ...weight }))
  return fromContents(
    {
      'model.json': JSON.stringify({
        format: 'layers-model',
        modelTopology,
        weightsManifest: [{ paths: ['w.bin'], weights: described }],
      }),
      ...more,
    },
    { 'w.bin': Float32Array.from({ length: total }, (_, index) => index) },
  )
}

function fromContents(
  texts: Readonly<Record<string, string>>,
  arrays: Readonly<Record<string, Float32Array>> = {},
): ModelFiles {
  return filesInMemory({
    ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, new TextEncoder().encode(text)])),
    ...Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, new Uint8Array(array.buffer)])),
  })
}

const read = (
  topology: unknown,
  weights: readonly Weight[] = [],
  more: Readonly<Record<string, string>> = {},
): Promise<LoadedNetwork> => readNetwork(files(topology, weights, more))

const inputLayer = {
  class_name: 'InputLayer',
  config: { name: 'x', batch_input_shape: [null, 8, 8, 3] },
  name: 'x',
  inbound_nodes: [],
}
const layer = (class_name: string, name: string, config: object = {}, from = 'x') => ({
  class_name,
  name,
  config: { name, ...config },
  inbound_nodes: [[[from, 0, 0, {}]]],
})
const functional = (...layers: readonly { readonly name: string }[]) => ({
  class_name: 'Model',
  config: {
    name: 'm',
    layers: [inputLayer, ...layers],
    input_layers: [['x', 0, 0]],
    output_layers: [[layers.at(-1)?.name, 0, 0]],
  },
})

const summary = (network: Network): string[] =>
  network.layers.map((each) => `${each.operator} ${each.name} <- ${each.inputs.join(' ')}`)

const tensorOf = (name: string, shape: readonly number[]) => ({
  class_name: '__keras_tensor__',
  config: { shape: [null, ...shape], dtype: 'float32', keras_history: [name, 0, 0] },
})
const policy = { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' }, registered_name: null }

const keras3 = {
  keras_version: '3.3.3',
  backend: 'tensorflow',
  model_config: {
    class_name: 'Functional',
    config: {
      name: 'functional',
      trainable: true,
      layers: [
        {
          module: 'keras.layers',
          class_name: 'InputLayer',
          config: { batch_shape: [null, 8, 8, 3], dtype: 'float32', sparse: false, name: 'x' },
          registered_name: null,
          name: 'x',
          inbound_nodes: [],
        },
        {
          module: 'keras.layers',
          class_name: 'Conv2D',
          config: {
            name: 'conv',
            dtype: policy,
            filters: 3,
            kernel_size: [1, 1],
            strides: [1, 1],
            padding: 'valid',
            dilation_rate: [1, 1],
            groups: 1,
            activation: 'hard_sigmoid',
            use_bias: false,
          },
          name: 'conv',
          inbound_nodes: [{ args: [tensorOf('x', [8, 8, 3])], kwargs: {} }],
        },
        {
          module: 'keras.layers',
          class_name: 'Add',
          config: { name: 'add', dtype: policy },
          name: 'add',
          inbound_nodes: [{ args: [[tensorOf('x', [8, 8, 3]), tensorOf('conv', [8, 8, 3])]], kwargs: {} }],
        },
      ],
      input_layers: ['x', 0, 0],
      output_layers: ['add', 0, 0],
    },
  },
}

describe('a TensorFlow.js model that lists too much (fault 9)', () => {
  it('is refused by the length of its lists, before anything is read one by one', async () => {
    const weights = Array.from({ length: 60_000 }, (_, index) => ({ name: `a${index}/kernel`, shape: [0] }))
    expect(await rejectionOf(read({ class_name: 'Sequential', config: { layers: [inputLayer] } }, weights))).toMatch(
      /lists 60000 weights; at most 50000/,
    )
    const layers = Array.from({ length: 60_000 }, (_, index) => layer('Activation', `a${index}`))
    expect(await rejectionOf(read({ class_name: 'Sequential', config: { layers } }))).toMatch(
      /lists 60000 layers; at most 50000/,
    )
  })
})

describe('a TensorFlow.js layers model', () => {
  it('is read as Keras 3 writes it', async () => {
    const { network } = await read(keras3, [{ name: 'functional/conv/kernel', shape: [1, 1, 3, 3] }])
    expect(summary(network)).toEqual([
      'Conv conv <- x',
      'HardSigmoid conv.hard_sigmoid <- conv',
      'Add add <- x conv.hard_sigmoid',
    ])
    expect(network.layers[1]?.attributes.alpha).toBeCloseTo(1 / 6)
  })

  it('is read as the first Keras wrote Sequential: a bare list, layers in any order of fields', async () => {
    const { network, tensors } = await read(
      {
        class_name: 'Sequential',
        config: [
          {
            class_name: 'Conv2D',
            config: { name: 'c', batch_input_shape: [null, 8, 8, 3], kernel_size: [1, 1], filters: 2 },
          },
        ],
      },
      [
        { name: 'c_1/c/kernel:0', shape: [1, 1, 3, 2] },
        { name: 'c_1/c/bias:0', shape: [2] },
      ],
    )
    expect(summary(network)).toEqual(['Conv c <- c_input'])
    expect([...(tensors.get('c.weight')?.data ?? [])]).toEqual([0, 2, 4, 1, 3, 5])
  })

  it('follows connections, whatever the order in which layers are listed', async () => {
    const model = functional(
      layer('Activation', 'late', { activation: 'relu' }, 'early'),
      layer('Activation', 'early', { activation: 'tanh' }),
    )
    const { network } = await read({ ...model, config: { ...model.config, output_layers: [['late', 0, 0]] } })
    expect(summary(network)).toEqual(['Tanh early <- x', 'Relu late <- early'])
  })

  it('pads "same" as TensorFlow does: the smaller half first', async () => {
    const { network } = await read(
      functional(layer('Conv2D', 'c', { kernel_size: [3, 3], strides: [2, 2], padding: 'same', use_bias: false })),
      [{ name: 'c/kernel', shape: [3, 3, 3, 1] }],
    )
    expect(network.layers[0]?.attributes.pads).toEqual([0, 0, 1, 1])
  })

  it('reads numbers that Keras 3 adds, multiplies and subtracts as constants of the formula', async () => {
    const tensor = (from: string) => ({ class_name: '__keras_tensor__', config: { keras_history: [from, 0, 0] } })
    const step = (class_name: string, name: string, from: string, number: number) => ({
      ...layer(class_name, name),
      inbound_nodes: [{ args: [tensor(from), number], kwargs: {} }],
    })
    const { network, tensors } = await read(
      functional(inputLayer, step('Add', 'a', 'x', 3), step('Multiply', 'b', 'a', 0.5), step('Subtract', 'c', 'b', 2)),
    )
    expect(
      network.layers.map(({ name, operator, parameters }) => [
        name,
        operator,
        tensors.get(parameters.constant ?? '')?.data[0],
      ]),
    ).toEqual([
      ['a', 'Add', 3],
      ['b', 'Mul', 0.5],
      ['c', 'Sub', 2],
    ])
    expect(Object.values(network.parameters).some(({ trainable }) => trainable)).toBe(false)
  })

  it('takes class names from metadata.json when there are as many as classes', async () => {
    const classifier = functional(
      layer('GlobalAveragePooling2D', 'pool'),
      layer('Dense', 'fc', { use_bias: false, activation: 'softmax' }, 'pool'),
    )
    const weights = [{ name: 'fc/kernel', shape: [3, 2] }]
    expect(
      (await read(classifier, weights, { 'metadata.json': '{"labels":["crane","crane"]}' })).network.head?.names,
    ).toEqual(['crane', 'crane (2)'])
    const other = (await read(classifier, weights, { 'metadata.json': '{"labels":["a","b","c"]}' })).network
    expect(other.head?.names).toEqual(['class 0', 'class 1'])
    expect(other.provenance.history.at(-1)).toContain('lists 3 for 2 classes')
  })

  it('feeds raw pixels to a model that scales them itself', async () => {
    const { network } = await read(functional(layer('Rescaling', 'r', { scale: 1 / 255 })))
    expect(network.preprocessing.deviation[0]).toBeCloseTo(1 / 255)
  })

  it.each([
    ['an unknown layer', functional(layer('LSTM', 'memory')), [], /memory is a LSTM, which can't be represented.*ONNX/],
    [
      'an unknown activation',
      functional(layer('Activation', 'a', { activation: 'sparkle' })),
      [],
      /Layer a \(Activation\).*"sparkle"/,
    ],
    ['a missing weight', functional(layer('Conv2D', 'c', { kernel_size: [3, 3] })), [], /Layer c .*no weight kernel/],
    ['channels first', functional(layer('MaxPooling2D', 'p', { data_format: 'channels_first' })), [], /channels_first/],
    [
      'two inputs',
      {
        ...functional(layer('ReLU', 'a')),
        config: {
          ...functional(layer('ReLU', 'a')).config,
          input_layers: [
            ['x', 0, 0],
            ['y', 0, 0],
          ],
        },
      },
      [],
      /has 2 inputs/,
    ],
    [
      'a grey image',
      {
        class_name: 'Sequential',
        config: [{ class_name: 'ReLU', config: { name: 'a', batch_input_shape: [null, 8, 8, 1] } }],
      },
      [],
      /colour images/,
    ],
    ['a cycle', functional(layer('ReLU', 'a', {}, 'b'), layer('ReLU', 'b', {}, 'a')), [], /can't be followed/],
    ['no Keras model', { something: 1 }, [], /describes no Keras model/],
    [
      'weights of a strange type',
      functional(layer('ReLU', 'a')),
      [{ name: 'a/b', shape: [1], dtype: 'string' }],
      /element type string/,
    ],
    [
      'weights longer than their files',
      functional(layer('ReLU', 'a')),
      [{ name: 'a/b', shape: [1], dtype: 'uint8' }],
      /hold 4 bytes, but the manifest describes 1/,
    ],
    [
      'two weights of one name',
      functional(layer('ReLU', 'a')),
      [
        { name: 'a/b', shape: [1] },
        { name: 'a/b', shape: [1] },
      ],
      /twice/,
    ],
    [
      'a kernel of the wrong shape',
      functional(layer('Conv2D', 'c', { kernel_size: [1, 1], use_bias: false })),
      [{ name: 'c/kernel', shape: [1, 1, 5, 2] }],
      /Layer c \(Conv2D\) can't be represented/,
    ],
    ['a threshold', functional(layer('ReLU', 'a', { threshold: 0.5 })), [], /threshold/],
  ])('with %s is refused', async (_, topology, weights, message) => {
    const reading = read(topology, weights)
    expect(await rejectionOf(reading)).toMatch(message)
    await expect(reading).rejects.toThrow(FormatError)
  })

  it('reads the formulas that Keras 2 writes as functions of TensorFlow', async () => {
    const step = (name: string, called: string, from: string, y: unknown) => ({
      class_name: 'TFOpLambda',
      name,
      config: { name, trainable: true, function: called },
      inbound_nodes: [[from, 0, 0, { y, name: null }]],
    })
    const { network, tensors } = await read(
      functional(
        inputLayer,
        step('a', 'math.truediv', 'x', 127.5),
        step('b', 'math.subtract', 'a', 1),
        step('c', '__operators__.add', 'b', ['a', 0, 0]),
      ),
    )
    expect(summary(network)).toEqual(['Div a <- x', 'Sub b <- a', 'Add c <- b a'])
    expect(tensors.get('a.constant')?.data[0]).toBe(127.5)
    await expect(read(functional(inputLayer, step('a', 'math.floor', 'x', 2)))).rejects.toThrow(/computes math\.floor/)
  })

  it('keeps the epsilon and momentum of normalisations; what Keras leaves out is not learned (model files 7)', async () => {
    const { network } = await read(
      functional(layer('BatchNormalization', 'bn', { epsilon: 2e-3, momentum: 0.97, scale: false })),
      ['beta', 'moving_mean', 'moving_variance'].map((name) => ({ name: `bn/${name}`, shape: [3] })),
    )
    expect(network.layers[0]?.attributes).toMatchObject({ epsilon: 2e-3, momentum: 0.97 })
    expect(network.parameters['bn.scale']?.trainable).toBe(false)
    expect(network.parameters['bn.shift']?.trainable).toBe(true)
  })

  it('that is a graph model is refused with what to do', async () => {
    await expect(
      readNetwork(fromContents({ 'model.json': '{"modelTopology":{"node":[]},"weightsManifest":[]}' })),
    ).rejects.toThrow(/graph model/)
    await expect(
      readNetwork(fromContents({ 'model.json': '{"format":"graph-model","modelTopology":{},"weightsManifest":[]}' })),
    ).rejects.toMatchObject({ fix: expect.stringMatching(/tfjs_layers_model/) })
  })

  it('whose shard is outside the directory or missing is refused', async () => {
    const model = JSON.stringify({
      modelTopology: functional(layer('ReLU', 'a')),
      weightsManifest: [{ paths: ['../secret'], weights: [] }],
    })
    await expect(readNetwork(fromContents({ 'model.json': model }))).rejects.toThrow(FormatError)
  })
})

describe('readNetwork', () => {
  it('says what it knows when it recognises nothing', async () => {
    await expect(readNetwork(fromContents({ 'notes.txt': 'hello' }))).rejects.toThrow(
      /notes.txt.*TensorFlow.js layers model/,
    )
  })
})
