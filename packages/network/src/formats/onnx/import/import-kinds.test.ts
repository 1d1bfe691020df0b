import { describe, expect, it } from 'vitest'
import { networkOfOnnx } from '../network-of-onnx.js'
import type { OnnxGraph, OnnxModel, OnnxModelNode } from '../onnx-model.js'
import { float32Tensor, type OnnxTensor, tensorOf } from '../onnx-tensor.js'
import { int, ints, modelOf, nodeOf } from '../testing.js'
import { expectSameResults, int64, seed, weight } from '../testing/results.js'

const floats = (name: string, shape: readonly number[], ...list: number[]): OnnxTensor =>
  float32Tensor(name, shape, Float32Array.from(list))
const flags = (name: string, shape: readonly number[], ...list: number[]): OnnxTensor =>
  tensorOf(name, 'bool', shape, list)
const fixed = (batch: number): Partial<OnnxGraph> => ({
  inputs: [{ name: 'input', type: 'float32', shape: [batch, 2, 4, 4] }],
})

describe(`a batch that a file fixes (model files 10; seed ${seed})`, () => {
  it.each([1, 2])(
    'of %i is found where a Reshape multiplies it into another axis, and where it is split off again',
    async (batch) => {
      // Windows, heads beside them, and back: Swin and torchvision's ViT.
      const model = modelOf(
        [
          nodeOf('Reshape', ['input', 'split'], ['a']),
          nodeOf('Transpose', ['a'], ['b'], { perm: ints(0, 2, 4, 1, 3, 5) }),
          nodeOf('Reshape', ['b', 'windows'], ['c']),
          nodeOf('Relu', ['c'], ['d']),
          nodeOf('Reshape', ['d', 'back'], ['e']),
          nodeOf('Reshape', ['e', 'vector'], ['output']),
        ],
        [
          int64('split', batch, 2, 2, 2, 2, 2),
          int64('windows', 4 * batch, 8),
          int64('back', batch, 4, 8),
          int64('vector', batch, 32),
        ],
        fixed(batch),
      )
      const loaded = await expectSameResults(model, { shape: [batch, 2, 4, 4] })
      const dynamic = modelOf(
        model.graph.nodes,
        [int64('split', 5, 2, 2, 2, 2, 2), int64('windows', 20, 8), int64('back', 5, 4, 8), int64('vector', 5, 32)],
        fixed(5),
      )
      const other = await expectSameResults(dynamic, { shape: [5, 2, 4, 4] })
      expect(loaded.network.layers).toEqual(other.network.layers)
    },
  )

  it('is found in the middle, behind a sequence', async () => {
    const model = modelOf(
      [
        nodeOf('Transpose', ['input'], ['t'], { perm: ints(2, 0, 1, 3) }),
        nodeOf('Reshape', ['t', 'joined'], ['i']),
        nodeOf('Reshape', ['i', 'heads'], ['h']),
        nodeOf('Relu', ['h'], ['r']),
        nodeOf('Reshape', ['r', 'joined'], ['j']),
        nodeOf('Transpose', ['j'], ['k'], { perm: ints(1, 0, 2) }),
        nodeOf('Reshape', ['k', 'vector'], ['output']),
      ],
      // [4, N, 8] -> [4, 2N, 4] -> [4, N, 8]
      [int64('heads', 4, 2, 4), int64('joined', 4, 1, 8), int64('vector', 1, 32)],
      fixed(1),
    )
    const loaded = await expectSameResults(model, { shape: [1, 2, 4, 4] })
    expect(
      loaded.network.layers.flatMap(({ attributes }) => (attributes['shape'] ? [attributes['shape']] : [])),
    ).toEqual([
      [4, -1, 8],
      [4, -1, 4],
      [4, -1, 8],
    ])
  })
})

/** A model that adds a constant, which nodes compute, to its input. */
const adding = (nodes: readonly OnnxModelNode[], constants: readonly OnnxTensor[], version = 17): OnnxModel =>
  modelOf([...nodes, nodeOf('Add', ['input', 'k'], ['output'])], constants, {}, version)

it('a result that is not one row for every image is refused', () => {
  const model = modelOf([nodeOf('Transpose', ['input'], ['output'], { perm: ints(1, 0, 2, 3) })])
  expect(() => networkOfOnnx(model, 'test', 'test.onnx')).toThrow('has the shape [2, N, 4, 4] for N images')
})

describe(`constants that a file computes (model files 12; seed ${seed})`, () => {
  const row = (name: string): OnnxTensor => weight(name, 2, 4, 4)
  it.each([
    ['ReduceMean', [nodeOf('ReduceMean', ['a'], ['k'], { axes: ints(0, 2) })], [row('a')]],
    ['ReduceL2', [nodeOf('ReduceL2', ['a'], ['k'], { axes: ints(-1) })], [row('a')]],
    ['MatMul', [nodeOf('MatMul', ['a', 'b'], ['k'])], [row('a'), row('b')]],
    [
      'Einsum',
      [nodeOf('Einsum', ['a', 'b'], ['k'], { equation: { kind: 'string', value: 'cij,ckj->cik' } })],
      [row('a'), row('b')],
    ],
    [
      'Gemm',
      [nodeOf('Gemm', ['a', 'b', 'c'], ['k'], { transB: int(1) })],
      [weight('a', 4, 3), weight('b', 4, 3), weight('c', 4)],
    ],
    [
      'Resize',
      [
        nodeOf('Resize', ['a', '', '', 's'], ['u'], { mode: { kind: 'string', value: 'cubic' } }),
        nodeOf('Squeeze', ['u', 'zero'], ['k']),
      ],
      [weight('a', 1, 2, 3, 5), int64('s', 1, 2, 4, 4), int64('zero', 0)],
    ],
    [
      'ScatterND',
      [nodeOf('ScatterND', ['a', 'i', 'v'], ['k'])],
      [row('a'), tensorOf('i', 'int64', [2, 2], [0, 1, 1, 3]), weight('v', 2, 4)],
    ],
    [
      'ScatterElements',
      [nodeOf('ScatterElements', ['a', 'i', 'v'], ['k'], { axis: int(1) })],
      [row('a'), tensorOf('i', 'int64', [2, 1, 4], [0, 1, 2, 3, 3, 2, 1, 0]), weight('v', 2, 1, 4)],
    ],
    [
      'GatherND',
      [nodeOf('GatherND', ['a', 'i'], ['k'])],
      [weight('a', 2, 3, 4, 4), tensorOf('i', 'int64', [2, 2], [0, 1, 1, 2])],
    ],
    [
      'GatherElements',
      [nodeOf('GatherElements', ['a', 'i'], ['k'], { axis: int(2) })],
      [row('a'), tensorOf('i', 'int64', [2, 4, 1], [0, 1, 2, 3, 3, 2, 1, 0])],
    ],
    [
      'CumSum',
      [nodeOf('CumSum', ['a', 'i'], ['k'], { reverse: int(1), exclusive: int(1) })],
      [row('a'), tensorOf('i', 'int64', [], [1])],
    ],
    ['Sin and Cos', [nodeOf('Sin', ['a'], ['s']), nodeOf('Cos', ['s'], ['k'])], [row('a')]],
    ['Softmax', [nodeOf('Softmax', ['a'], ['k'], { axis: int(1) })], [row('a')]],
    ['Erf', [nodeOf('Erf', ['a'], ['k'])], [row('a')]],
    ['Trilu', [nodeOf('Trilu', ['a', 'one'], ['k'], { upper: int(0) })], [row('a'), tensorOf('one', 'int64', [], [1])]],
    [
      'BatchNormalization',
      [nodeOf('BatchNormalization', ['a', 's', 'b', 'b', 's2'], ['k'])],
      [weight('a', 2, 4, 4), weight('s', 4), weight('b', 4), floats('s2', [4], 1, 2, 3, 4)],
    ],
    [
      'LayerNormalization',
      [nodeOf('LayerNormalization', ['a', 's', 'b'], ['k'])],
      [row('a'), weight('s', 4), weight('b', 4)],
    ],
    [
      'Conv',
      [nodeOf('Conv', ['a', 'w', 'b'], ['c']), nodeOf('Squeeze', ['c', 'zero'], ['k'])],
      [weight('a', 1, 3, 4, 4), weight('w', 2, 3, 1, 1), weight('b', 2), int64('zero', 0)],
    ],
    ['CastLike', [nodeOf('CastLike', ['a', 'input'], ['k'])], [tensorOf('a', 'int64', [4], [1, 2, 3, 4])]],
  ] as const)('%s', async (_, nodes, constants) => {
    await expectSameResults(adding(nodes, constants))
  })
})

describe(`operators that are written with others (model files 11 and 12; seed ${seed})`, () => {
  const axes = { axes: ints(2, 3), keepdims: int(0) }
  it.each(['ReduceL2', 'ReduceL1', 'ReduceMin', 'ReduceSumSquare'])('%s of a computed value', async (operator) => {
    await expectSameResults(modelOf([nodeOf(operator, ['input'], ['output'], axes)]))
  })

  it('the guard of a softmax against rows that are masked as a whole', async () => {
    const model = modelOf(
      [
        nodeOf('Softmax', ['input'], ['s'], { axis: int(-1) }),
        nodeOf('IsNaN', ['s'], ['nan']),
        nodeOf('Where', ['nan', 'zero', 's'], ['output']),
      ],
      [floats('zero', [], 0)],
    )
    const loaded = await expectSameResults(model)
    // What remains is the softmax alone, which is not needed for the logits.
    expect(loaded.network.layers.map(({ operator }) => operator)).toEqual(['Softmax'])
  })

  it.each([
    ['a number and a value', ['mask', 'number', 'input']],
    ['a value and a table', ['mask', 'input', 'table']],
    ['two values', ['mask', 'input', 'twice']],
  ] as const)('Where between %s by a mask', async (_, inputs) => {
    const constants = [
      flags('mask', [4, 4], ...Array.from({ length: 16 }, (__, index) => Number(index % 3 === 0))),
      floats('number', [], -100),
      weight('table', 2, 4, 4),
    ]
    await expectSameResults(
      modelOf([nodeOf('Add', ['input', 'input'], ['twice']), nodeOf('Where', inputs, ['output'])], constants),
    )
  })

  it.each([
    ['Expand', 'to', [1, 2, 4, 12]],
    ['Tile', 'to', [1, 3, 1, 2]],
  ])('%s of a computed value', async (operator, name, list) => {
    const source =
      operator === 'Expand'
        ? [nodeOf('ReduceMean', ['input'], ['m'], { axes: ints(3) })]
        : [nodeOf('Relu', ['input'], ['m'])]
    await expectSameResults(modelOf([...source, nodeOf(operator, ['m', name], ['output'])], [int64(name, ...list)]))
  })

  it('Gather by a table of indices', async () => {
    await expectSameResults(
      modelOf(
        [nodeOf('Gather', ['input', 'i'], ['output'], { axis: int(2) })],
        [tensorOf('i', 'int64', [2, 3], [0, 1, 2, 3, 3, -1])],
      ),
    )
  })

  it('as_strided: a table of places in all the numbers of a batch, of any number of images', async () => {
    const model = modelOf(
      [
        nodeOf('Shape', ['input'], ['s'], { start: int(0), end: int(1) }),
        nodeOf('Squeeze', ['s'], ['n']),
        nodeOf('Reshape', ['input', 'flat'], ['row']),
        nodeOf('Range', ['zero', 'n', 'one'], ['images']),
        nodeOf('Mul', ['images', 'size'], ['starts']),
        nodeOf('Unsqueeze', ['starts', 'behind'], ['columns']),
        nodeOf('Add', ['columns', 'places'], ['table']),
        nodeOf('Gather', ['row', 'table'], ['output']),
      ],
      [
        int64('flat', -1),
        tensorOf('zero', 'int64', [], [0]),
        tensorOf('one', 'int64', [], [1]),
        tensorOf('size', 'int64', [], [32]),
        int64('behind', 1, 2),
        tensorOf('places', 'int64', [1, 2, 3], [0, 4, 31, 7, 5, 9]),
      ],
    )
    await expectSameResults(model)
    const wrong = modelOf(
      model.graph.nodes,
      model.graph.initializers.map((tensor) => (tensor.name === 'size' ? tensorOf('size', 'int64', [], [31]) : tensor)),
    )
    expect(() => networkOfOnnx(wrong, 'test', 'test.onnx')).toThrow('across the images of a batch')
  })

  it.each(['cubic', 'linear', 'nearest'])('Resize, %s, with aligned corners', async (mode) => {
    const model = modelOf(
      [
        nodeOf('Resize', ['input', '', '', 'size'], ['output'], {
          mode: { kind: 'string', value: mode },
          coordinate_transformation_mode: { kind: 'string', value: 'align_corners' },
        }),
      ],
      [int64('size', 3, 2, 7, 3)],
      { inputs: [{ name: 'input', type: 'float32', shape: [3, 2, 4, 4] }] },
    )
    await expectSameResults(model)
  })
})

const text = (value: string) => ({ kind: 'string', value }) as const

describe(`products and layers of other forms (model files 14; seed ${seed})`, () => {
  it.each(['nchw,nchx->nchwx', 'nchw,ndwh->ncd', '...hw,...wx->...hx'])(
    'Einsum %s of two computed values',
    async (equation) => {
      const transposed = equation.includes('ndwh')
        ? [nodeOf('Transpose', ['input'], ['other'], { perm: ints(0, 1, 3, 2) })]
        : [nodeOf('Sigmoid', ['input'], ['other'])]
      const model = modelOf([
        ...transposed,
        nodeOf('Einsum', ['input', 'other'], ['output'], { equation: text(equation) }),
      ])
      await expectSameResults(model)
    },
  )

  it.each([
    ['nchw,wk->nchk', [4, 3]],
    ['nchw,cwk->nchk', [2, 4, 3]],
    ['nchw,kh->nckw', [3, 4]],
  ] as const)('Einsum %s with a weight', async (equation, shape) => {
    await expectSameResults(
      modelOf([nodeOf('Einsum', ['input', 'w'], ['output'], { equation: text(equation) })], [weight('w', ...shape)]),
    )
  })

  it.each([
    ['before', ['w', 'input'], [2, 3, 4]],
    ['before, a matrix,', ['w', 'input'], [3, 4]],
    ['behind', ['input', 'w'], [2, 4, 3]],
  ] as const)('a stack of weights %s a computed value', async (_, inputs, shape) => {
    await expectSameResults(modelOf([nodeOf('MatMul', inputs, ['output'])], [weight('w', ...shape)]))
  })

  it.each(['AveragePool', 'MaxPool', 'GlobalAveragePool', 'GlobalMaxPool'])('%s along a sequence', async (operator) => {
    const window = operator.startsWith('Global') ? {} : { kernel_shape: ints(3), strides: ints(2), pads: ints(1, 0) }
    await expectSameResults(
      modelOf(
        [nodeOf('Reshape', ['input', 'shape'], ['row']), nodeOf(operator, ['row'], ['output'], window)],
        [int64('shape', 0, 2, 16)],
      ),
    )
  })

  it.each([1, 3, 5])('LRN over %i channels', async (size) => {
    const attributes = {
      size: int(size),
      alpha: { kind: 'float', value: 0.5 },
      beta: { kind: 'float', value: 0.75 },
      bias: { kind: 'float', value: 2 },
    } as const
    await expectSameResults(
      modelOf([
        nodeOf('Concat', ['input', 'input', 'input'], ['wide'], { axis: int(1) }),
        nodeOf('LRN', ['wide'], ['output'], attributes),
      ]),
    )
  })

  it('Col2Im of patches side by side', async () => {
    await expectSameResults(
      modelOf(
        [
          nodeOf('Reshape', ['input', 'shape'], ['p']),
          nodeOf('Col2Im', ['p', 'size', 'block'], ['output'], { strides: ints(2, 2) }),
        ],
        [int64('shape', 0, 8, 4), int64('size', 4, 4), int64('block', 2, 2)],
        {},
        18,
      ),
    )
  })

  it('learned tokens between computed ones', async () => {
    const nodes = [
      nodeOf('Reshape', ['input', 'shape'], ['t']),
      nodeOf('MatMul', ['t', 'fc.weight'], ['u']),
      nodeOf('Concat', ['u', 'registers', 't'], ['output'], { axis: int(1) }),
    ]
    const { network } = await expectSameResults(
      modelOf(nodes, [int64('shape', 0, 8, 4), weight('fc.weight', 4, 4), weight('registers', 1, 3, 4)]),
      { shape: [1, 2, 4, 4] },
    )
    expect(network.parameters['registers']?.trainable).toBe(true)
  })

  it('a table for the windows of one image beside those of all', async () => {
    const nodes = [
      nodeOf('Reshape', ['input', 'windows'], ['w']),
      nodeOf('Add', ['w', 'mask'], ['m']),
      nodeOf('Reshape', ['m', 'back'], ['output']),
    ]
    await expectSameResults(
      modelOf(nodes, [int64('windows', -1, 2, 4), weight('mask', 4, 2, 4), int64('back', -1, 2, 4, 4)]),
      { shape: [1, 2, 4, 4] },
    )
  })

  it('a scale that the file reshapes first is learned, under its name', async () => {
    const nodes = [
      nodeOf('Conv', ['input', 'conv.weight'], ['c']),
      nodeOf('Reshape', ['ls.gamma', 'shape'], ['g']),
      nodeOf('Mul', ['c', 'g'], ['output']),
    ]
    const { network } = await expectSameResults(
      modelOf(nodes, [weight('conv.weight', 3, 2, 1, 1), weight('ls.gamma', 3), int64('shape', 1, 3, 1, 1)]),
    )
    expect(network.parameters['ls.gamma']?.trainable).toBe(true)
  })
})

describe('operator sets (model files 13)', () => {
  it.each([22, 23, 24, 25])('%i', (version) => {
    const { network } = networkOfOnnx(
      modelOf([nodeOf('Relu', ['input'], ['output'])], [], {}, version),
      'test',
      'test.onnx',
    )
    expect(network.layers).toHaveLength(1)
  })
})

describe(`outputs that are no logits (model files 3; seed ${seed})`, () => {
  const trunk = [
    nodeOf('GlobalAveragePool', ['input'], ['p']),
    nodeOf('Flatten', ['p'], ['features']),
    nodeOf('Gemm', ['features', 'fc.weight'], ['scores'], { transB: int(1) }),
  ]
  const weights = [weight('fc.weight', 3, 2)]
  const output = (name: string, type: 'float32' | 'int64' | null, width: number) => ({
    name,
    type,
    shape: ['N', width],
  })
  const read = (
    nodes: readonly OnnxModelNode[],
    outputs: OnnxGraph['outputs'],
    texts?: Readonly<Record<string, readonly string[]>>,
  ) =>
    networkOfOnnx(modelOf([...trunk, ...nodes], weights, { outputs, ...(texts && { texts }) }), 'test', 'test.onnx')
      .network

  it('features before the logits are passed by', () => {
    expect(read([], [output('features', 'float32', 2), output('scores', 'float32', 3)]).output).toBe('fc')
    expect(read([], [output('scores', 'float32', 3), output('features', 'float32', 2)]).output).toBe('fc')
  })

  it('probabilities behind the logits too, and what can be no number', () => {
    const nodes = [
      nodeOf('Sigmoid', ['scores'], ['probabilities']),
      nodeOf('ArgMax', ['scores'], ['best'], { axis: int(1) }),
      nodeOf('Unknown', ['best'], ['text']),
    ]
    expect(
      read(nodes, [
        output('text', null, 1),
        output('best', 'int64', 1),
        output('probabilities', 'float32', 3),
        output('scores', 'float32', 3),
      ]).output,
    ).toBe('fc')
  })

  it('a map from labels to scores gives the names of the classes', () => {
    const zip: OnnxModelNode = {
      ...nodeOf('ZipMap', ['scores'], ['map'], {
        classlabels_strings: { kind: 'strings', value: ['ant', 'bee', 'cat'] },
      }),
      domain: 'ai.onnx.ml',
    }
    const network = read([zip], [{ name: 'map', type: null, shape: null }])
    expect(network.output).toBe('fc')
    expect(network.head?.names).toEqual(['ant', 'bee', 'cat'])
  })

  it("Custom Vision's best label gives the names of the classes", () => {
    const nodes = [
      nodeOf('ArgMax', ['scores'], ['best'], { axis: int(1) }),
      { ...nodeOf('ArrayFeatureExtractor', ['classes', 'best'], ['label']), domain: 'ai.onnx.ml' },
    ]
    const network = read(nodes, [{ name: 'label', type: null, shape: ['N', 1] }, output('scores', 'float32', 3)], {
      classes: ['ant', 'bee', 'cat'],
    })
    expect(network.output).toBe('fc')
    expect(network.head?.names).toEqual(['ant', 'bee', 'cat'])
  })
})
