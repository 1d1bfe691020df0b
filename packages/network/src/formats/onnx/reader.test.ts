import { describe, expect, it } from 'vitest'
import type { LoadedNetwork } from '../format.js'
import { encodeOnnxModel } from './encode-model.js'
import { toOnnxModel } from './encode-network.js'
import type { OnnxModel } from './onnx-model.js'
import { float32Tensor, type OnnxTensor, tensorOf } from './onnx-tensor.js'
import { readFields } from './protobuf-reader.js'
import { ProtobufWriter } from './protobuf-writer.js'
import { networkOfOnnx } from './network-of-onnx.js'
import { expectSameResults, int64, run, seed, values, weight } from './testing/results.js'
import { encoded, readOnnx, int, ints, modelOf, nodeOf } from './testing.js'

const scalar = (name: string, value: number): OnnxTensor => tensorOf(name, 'int64', [], [value])
const float = (value: number) => ({ kind: 'float', value }) as const
const text = (value: string) => ({ kind: 'string', value }) as const

const operatorsOf = ({ network }: LoadedNetwork): string[] => network.layers.map((layer) => layer.operator)

describe(`onnxReader (seed ${seed})`, () => {
  it('folds a shape computation around the batch axis into a Flatten', async () => {
    const model = modelOf(
      [
        nodeOf('Relu', ['input'], ['r']),
        nodeOf('Shape', ['r'], ['s']),
        nodeOf('Gather', ['s', 'zero'], ['n'], { axis: int(0) }),
        nodeOf('Unsqueeze', ['n', 'axes'], ['n1']),
        nodeOf('Concat', ['n1', 'minus'], ['target'], { axis: int(0) }),
        nodeOf('Reshape', ['r', 'target'], ['output']),
      ],
      [scalar('zero', 0), int64('axes', 0), int64('minus', -1)],
    )
    expect(operatorsOf(await expectSameResults(model))).toEqual(['Relu', 'Flatten'])
  })

  it('shuffles channels through a computed five-dimensional reshape', async () => {
    const model = modelOf(
      [
        nodeOf('Shape', ['input'], ['s']),
        nodeOf('Slice', ['s', 'one', 'two'], ['c']),
        nodeOf('Div', ['c', 'two'], ['half']),
        nodeOf('Slice', ['s', 'zero', 'one'], ['n']),
        nodeOf('Slice', ['s', 'two', 'end'], ['hw']),
        nodeOf('Concat', ['n', 'two', 'half', 'hw'], ['split'], { axis: int(0) }),
        nodeOf('Reshape', ['input', 'split'], ['five']),
        nodeOf('Transpose', ['five'], ['swapped'], { perm: ints(0, 2, 1, 3, 4) }),
        nodeOf('Reshape', ['swapped', 's'], ['output']),
      ],
      [int64('zero', 0), int64('one', 1), int64('two', 2), int64('end', 2 ** 63)],
    )
    const loaded = await expectSameResults(model)
    expect(loaded.network.layers.map((layer) => layer.attributes['shape'])).toEqual([
      [0, 2, 1, 4, 4],
      undefined,
      [0, 2, 4, 4],
    ])
  })

  it('splits off and joins the batch axis without knowing its size', async () => {
    const model = modelOf(
      [
        nodeOf('Transpose', ['input'], ['t'], { perm: ints(1, 0, 2, 3) }),
        nodeOf('Shape', ['t'], ['s']),
        nodeOf('Reshape', ['t', 'rows'], ['flat']),
        nodeOf('Relu', ['flat'], ['r']),
        nodeOf('Reshape', ['r', 's'], ['back']),
        nodeOf('Transpose', ['back'], ['output'], { perm: ints(1, 0, 2, 3) }),
      ],
      [int64('rows', -1, 16)],
    )
    await expectSameResults(model)
  })

  it('makes the batch dynamic in a file exported for one batch size', async () => {
    const model = modelOf(
      [
        nodeOf('Reshape', ['input', 'target'], ['flat']),
        nodeOf('Gemm', ['flat', 'fc.weight', 'fc.bias'], ['output'], { transB: int(1) }),
      ],
      [int64('target', 1, -1), weight('fc.weight', 3, 32), weight('fc.bias', 3)],
      {
        inputs: [{ name: 'input', type: 'float32', shape: [1, 2, 4, 4] }],
      },
    )
    const loaded = await expectSameResults(model, { shape: [1, 2, 4, 4] })
    const many = await run(
      encodeOnnxModel(toOnnxModel(loaded.network, loaded.tensors)),
      loaded.network.output,
      values(5 * 32),
      [5, 2, 4, 4],
    )
    expect(many.dims).toEqual([5, 3])
  })

  it.each(['SAME_UPPER', 'SAME_LOWER', 'VALID'])('resolves auto_pad %s for even kernels and strides', async (mode) => {
    const model = modelOf(
      [
        nodeOf('Conv', ['input', 'w'], ['c'], { auto_pad: text(mode), strides: ints(2, 2) }),
        nodeOf('MaxPool', ['c'], ['output'], { auto_pad: text(mode), kernel_shape: ints(1, 1) }),
      ],
      [weight('w', 3, 2, 2, 3)],
    )
    await expectSameResults(model)
  })

  it('reads channels-last files without transposing back and forth', async () => {
    const model = modelOf(
      [
        nodeOf('Transpose', ['input'], ['first'], { perm: ints(0, 3, 1, 2) }),
        nodeOf('Conv', ['first', 'w'], ['c']),
        nodeOf('Transpose', ['c'], ['last'], { perm: ints(0, 2, 3, 1) }),
        nodeOf('ReduceMean', ['last'], ['output'], { axes: ints(1, 2), keepdims: int(0) }),
      ],
      [weight('w', 4, 3, 1, 1)],
      { inputs: [{ name: 'input', type: 'float32', shape: ['N', 5, 6, 3] }] },
    )
    const loaded = await expectSameResults(model, { shape: [2, 5, 6, 3] })
    expect(operatorsOf(loaded)).toEqual(['Conv', 'Transpose', 'ReduceMean'])
    expect(loaded.network.input.shape).toEqual([3, 5, 6])
  })

  it('reads limits, axes, pads and split sizes as attributes (old opsets)', async () => {
    const model = modelOf(
      [
        nodeOf('Clip', ['input'], ['c'], { min: float(-0.5), max: float(0.5) }),
        nodeOf('Pad', ['c'], ['p'], { pads: ints(0, 0, 1, 1, 0, 0, 1, 1), value: float(2) }),
        nodeOf('Split', ['p'], ['a', 'b'], { axis: int(1), split: ints(1, 1) }),
        nodeOf('Sum', ['b', 'a', 'b'], ['s']),
        nodeOf('Squeeze', ['s'], ['q'], { axes: ints(1) }),
        nodeOf('Unsqueeze', ['q'], ['u'], { axes: ints(1) }),
        nodeOf('Slice', ['u'], ['v'], { starts: ints(1), ends: ints(-1), axes: ints(2) }),
        nodeOf('ReduceSum', ['v'], ['output'], { axes: ints(2, 3), keepdims: int(0) }),
      ],
      [],
      {},
      9,
    )
    await expectSameResults(model)
  })

  it('keeps the flattening Softmax of opsets before 13', async () => {
    const model = modelOf([nodeOf('Softmax', ['input'], ['s']), nodeOf('Relu', ['s'], ['output'])], [], {}, 11)
    await expectSameResults(model)
  })

  it('takes constant operands on either side, scalars and channels', async () => {
    const model = modelOf(
      [
        nodeOf('Sub', ['one', 'input'], ['a']),
        nodeOf('Mul', ['a', 'perChannel'], ['b']),
        nodeOf('Div', ['b', 'half'], ['c']),
        nodeOf('Max', ['c', 'half'], ['output']),
      ],
      [
        float32Tensor('one', [], Float32Array.of(1)),
        float32Tensor('half', [1], Float32Array.of(0.5)),
        weight('perChannel', 2, 1, 1),
      ],
    )
    const { network } = await expectSameResults(model)
    expect(network.layers.flatMap((layer) => Object.keys(layer.parameters))).toEqual([
      'constant',
      'constant',
      'constant',
      'constant',
    ])
    expect(Object.values(network.parameters).some((parameter) => parameter.trainable)).toBe(false)
  })

  it('makes MatMul and its bias one Gemm, and other biases learnable operands', async () => {
    const model = modelOf(
      [
        nodeOf('Flatten', ['input'], ['f']),
        nodeOf('MatMul', ['f', 'w'], ['m']),
        nodeOf('Add', ['bias', 'm'], ['a']),
        nodeOf('Unsqueeze', ['a', 'axes'], ['u']),
        nodeOf('MatMul', ['u', 'v'], ['n']),
        nodeOf('Add', ['n', 'other'], ['output']),
      ],
      [weight('w', 32, 5), weight('bias', 5), int64('axes', 1), weight('v', 5, 4), weight('other', 4)],
    )
    const loaded = await expectSameResults(model)
    expect(operatorsOf(loaded)).toEqual(['Flatten', 'Gemm', 'Unsqueeze', 'MatMul', 'Add'])
    expect(Object.values(loaded.network.parameters).every((parameter) => parameter.trainable)).toBe(true)
  })

  it('reads a learned token put before a sequence', async () => {
    const model = modelOf(
      [
        nodeOf('Reshape', ['input', 'rows'], ['r']),
        nodeOf('Shape', ['input'], ['s']),
        nodeOf('Gather', ['s', 'zero'], ['n'], { axis: int(0) }),
        nodeOf('Concat', ['n', 'rest'], ['target'], { axis: int(0) }),
        nodeOf('Expand', ['token', 'target'], ['tokens']),
        nodeOf('Concat', ['tokens', 'r'], ['sequence'], { axis: int(1) }),
        nodeOf('Gather', ['sequence', 'first'], ['output'], { axis: int(1) }),
      ],
      [int64('rows', 0, 2, 16), int64('zero', 0), int64('rest', 1, 16), weight('token', 1, 1, 16), scalar('first', 0)],
    )
    expect(operatorsOf(await expectSameResults(model))).toEqual(['Reshape', 'ClassToken', 'Gather'])
  })

  it.each([
    ['nearest', 'asymmetric', 'floor'],
    ['linear', 'half_pixel', 'floor'],
    ['nearest', 'half_pixel', 'round_prefer_floor'],
  ])('resizes %s with %s coordinates', async (mode, coordinates, rounding) => {
    const model = modelOf(
      [
        nodeOf('Resize', ['input', '', 'scales'], ['output'], {
          mode: text(mode),
          coordinate_transformation_mode: text(coordinates),
          nearest_mode: text(rounding),
        }),
      ],
      [float32Tensor('scales', [4], Float32Array.of(1, 1, 1.5, 2))],
    )
    await expectSameResults(model)
  })

  it('folds quantised weights to float32', async () => {
    const model = modelOf(
      [
        nodeOf('DequantizeLinear', ['q', 'scale', 'zero'], ['w'], { axis: int(0) }),
        nodeOf('Conv', ['input', 'w'], ['output']),
      ],
      [
        tensorOf('q', 'uint8', [3, 2, 1, 1], [0, 255, 128, 7, 99, 200]),
        float32Tensor('scale', [3], Float32Array.of(0.1, 0.2, 0.05)),
        tensorOf('zero', 'uint8', [3], [128, 100, 0]),
      ],
    )
    await expectSameResults(model)
  })

  it('computes constants with broadcasting, comparison and ranges', async () => {
    const model = modelOf(
      [
        nodeOf('Range', ['zero', 'four', 'one'], ['row']),
        nodeOf('Unsqueeze', ['row', 'axis'], ['column']),
        nodeOf('Less', ['row', 'column'], ['below']),
        nodeOf('Mul', ['row', 'column'], ['products']),
        nodeOf('Where', ['below', 'products', 'row'], ['chosen']),
        nodeOf('Cast', ['chosen'], ['mask'], { to: int(1) }),
        nodeOf('Transpose', ['mask'], ['turned']),
        nodeOf('Tile', ['turned', 'repeats'], ['tiled']),
        nodeOf('Slice', ['tiled', 'from', 'to', 'axis', 'steps'], ['part']),
        nodeOf('Add', ['input', 'part'], ['output']),
      ],
      [
        scalar('zero', 0),
        scalar('one', 1),
        scalar('four', 4),
        int64('axis', 1),
        int64('repeats', 1, 2),
        int64('from', -1),
        int64('to', -8),
        int64('steps', -2),
      ],
    )
    await expectSameResults(model)
  })

  it('reads float16, bfloat16 and double weights', () => {
    const half = {
      name: 'half',
      type: 'float16',
      shape: [4],
      data: new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff).buffer),
    } as const
    const brain = {
      name: 'brain',
      type: 'bfloat16',
      shape: [1],
      data: new Uint8Array(Uint16Array.of(0x3fc0).buffer),
    } as const
    const model = modelOf(
      [
        nodeOf('Mul', ['input', 'half'], ['a']),
        nodeOf('Mul', ['a', 'brain'], ['b']),
        nodeOf('Mul', ['b', 'double'], ['output']),
      ],
      [half, brain, tensorOf('double', 'float64', [1], [0.1])],
    )
    const { tensors } = networkOfOnnx(model, 'test', 'test.onnx')
    expect([...(tensors.get('half')?.data ?? [])]).toEqual([1, -2, 2 ** -24, 65504])
    expect([...(tensors.get('brain')?.data ?? [])]).toEqual([1.5])
    expect([...(tensors.get('double')?.data ?? [])]).toEqual([Math.fround(0.1)])
  })

  it('takes the final Softmax off and says so, keeps Dropout, drops Identity and unused nodes', async () => {
    const model = modelOf(
      [
        nodeOf('Conv', ['input', 'conv.weight'], ['c'], {}, '/conv/Conv'),
        nodeOf('GlobalAveragePool', ['c'], ['p']),
        nodeOf('Flatten', ['p'], ['f']),
        nodeOf('Dropout', ['f'], ['d', 'mask'], { ratio: float(0.2) }),
        nodeOf('Identity', ['d'], ['i']),
        nodeOf('Gemm', ['i', 'fc.weight'], ['logit'], { transB: int(1) }),
        nodeOf('Sigmoid', ['c'], ['unused']),
        nodeOf('Softmax', ['logit'], ['output'], { axis: int(1) }),
      ],
      [weight('conv.weight', 4, 2, 3, 3), weight('fc.weight', 3, 4)],
      {},
      11,
    )
    const loaded = networkOfOnnx(model, 'somewhere', 'net.onnx')
    expect(operatorsOf(loaded)).toEqual(['Conv', 'GlobalAveragePool', 'Flatten', 'Dropout', 'Gemm'])
    expect(loaded.network.layers.map((layer) => layer.name)).toEqual([
      'conv',
      'globalaveragepool',
      'flatten',
      'dropout',
      'fc',
    ])
    expect(loaded.network.layers[3]?.attributes).toEqual({ ratio: 0.2 })
    expect(loaded.network.provenance.history.join('\n')).toMatch(/removed the final Softmax/)
    expect(loaded.network.stages.at(-1)).toEqual({
      name: 'head',
      layers: ['globalaveragepool', 'flatten', 'dropout', 'fc'],
    })
  })

  it('reads external data beside the model', async () => {
    const data = values(8)
    const model = modelOf([nodeOf('Conv', ['input', 'w'], ['output'])], [float32Tensor('w', [4, 2, 1, 1], data)])
    const bytes = withExternalData(model, 'weights.bin', '4')
    const { tensors } = await readOnnx({
      'net.onnx': bytes,
      'weights.bin': new Uint8Array([0, 0, 0, 0, ...new Uint8Array(data.buffer)]),
    })
    expect(tensors.get('w')?.data).toEqual(data)
  })

  it.each([
    ['../secret', /outside the model's folder/],
    ['/etc/passwd', /outside the model's folder/],
    ['C:\\x', /outside the model's folder/],
    ['a/../../b', /outside the model's folder/],
    ['missing.bin', /isn't there/],
    ['short.bin', /needs 32 bytes at 4/],
  ])('refuses external data at %s', async (location, message) => {
    const model = modelOf([nodeOf('Conv', ['input', 'w'], ['output'])], [weight('w', 4, 2, 1, 1)])
    const files = { 'net.onnx': withExternalData(model, location, '4'), 'short.bin': new Uint8Array(32) }
    await expect(readOnnx(files)).rejects.toThrow(message)
  })
})

/** Moves the weights of an encoded model out: rewrites the raw data field as external data. */
function withExternalData(model: OnnxModel, location: string, offset: string): Uint8Array {
  return encodeExternal(model, [
    ['location', location],
    ['offset', offset],
  ])
}

function encodeExternal(model: OnnxModel, entries: readonly (readonly [string, string])[]): Uint8Array {
  const stripped = encoded({ ...model, graph: { ...model.graph, initializers: [] } })
  const writer = new ProtobufWriter()
  // A second graph field would replace the first: the graph is written by hand around the encoded parts.
  const [tensor] = model.graph.initializers
  const extra = new ProtobufWriter()
    .message(5, (nested) => {
      nested
        .packedIntegers(1, tensor?.shape ?? [])
        .integer(2, 1)
        .string(8, tensor?.name ?? '')
      for (const [key, value] of entries) nested.message(13, (entry) => entry.string(1, key).string(2, value))
      nested.integer(14, 1)
    })
    .finish()
  for (const field of readFields(stripped, 'test')) {
    if (field.field === 7) writer.bytes(7, concatenated(field.value as Uint8Array, extra))
    else if (field.value instanceof Uint8Array) writer.bytes(field.field, field.value)
    else writer.integer(field.field, Number(field.value))
  }
  return writer.finish()
}

function concatenated(a: Uint8Array, b: Uint8Array): Uint8Array {
  const result = new Uint8Array(a.length + b.length)
  result.set(a)
  result.set(b, a.length)
  return result
}
