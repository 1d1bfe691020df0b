import * as onnxruntime from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import type { LoadedNetwork } from '../../format.js'
import { createRandom, normal } from '../../../values/random.js'
import { encodeOnnxModel } from '../encode-model.js'
import { toOnnxModel } from '../encode-network.js'
import type { OnnxModel, OnnxModelNode } from '../onnx-model.js'
import { float32Tensor, type OnnxTensor } from '../onnx-tensor.js'
import { networkOfOnnx } from '../network-of-onnx.js'
import { encoded, int, ints, modelOf, nodeOf } from '../testing.js'

const seed = 7
const random = createRandom(seed)
const values = (count: number): Float32Array => Float32Array.from({ length: count }, () => 1 + normal(random))
const tensor = (name: string, ...shape: number[]): OnnxTensor =>
  float32Tensor(name, shape, values(shape.reduce((a, b) => a * b, 1)))
const number = (name: string, value: number): OnnxTensor => float32Tensor(name, [], Float32Array.of(value))

interface Variation {
  readonly axes?: readonly number[]
  readonly scale?: OnnxTensor
  readonly shift?: OnnxTensor
  /** How the difference is squared. */
  readonly square?: 'Pow' | 'Mul'
  readonly exponent?: number
  /** What the mean of the squares is taken of; the difference when absent. */
  readonly varianceOf?: string
}

/** LayerNorm over `input` [N, 2, 4, 4] as PyTorch writes it before opset 17. */
function written(
  {
    axes = [-1],
    scale = tensor('ln.weight', 4),
    shift = tensor('ln.bias', 4),
    square = 'Pow',
    exponent = 2,
    varianceOf = 'd',
  }: Variation = {},
  more: readonly OnnxModelNode[] = [],
): OnnxModel {
  return modelOf(
    [
      nodeOf('Relu', ['input'], ['x']),
      nodeOf('ReduceMean', ['x'], ['m'], { axes: ints(...axes) }),
      nodeOf('Sub', ['x', 'm'], ['d']),
      square === 'Pow' ? nodeOf('Pow', [varianceOf, 'exponent'], ['s']) : nodeOf('Mul', ['d', varianceOf], ['s']),
      nodeOf('ReduceMean', ['s'], ['v'], { axes: ints(...axes) }),
      nodeOf('Add', ['v', 'epsilon'], ['e']),
      nodeOf('Sqrt', ['e'], ['q']),
      nodeOf('Div', ['d', 'q'], ['n']),
      nodeOf('Mul', ['n', scale.name], ['t']),
      nodeOf('Add', ['t', shift.name], ['y']),
      ...(more.length > 0 ? more : [nodeOf('ReduceMean', ['y'], ['output'], { axes: ints(2), keepdims: int(0) })]),
    ],
    [number('exponent', exponent), number('epsilon', 1e-5), scale, shift],
    {},
    13,
  )
}

const operatorsOf = ({ network }: LoadedNetwork): string[] => network.layers.map((layer) => layer.operator)

async function run(bytes: Uint8Array, output: string, data: Float32Array): Promise<Float32Array> {
  const session = await onnxruntime.InferenceSession.create(bytes, { logSeverityLevel: 3 })
  const result = await session.run({ input: new onnxruntime.Tensor('float32', data, [3, 2, 4, 4]) })
  await session.release()
  return result[output]?.data as Float32Array
}

/** Reads a model and compares what onnxruntime computes for it and for the network written again. */
async function read(model: OnnxModel): Promise<LoadedNetwork> {
  const loaded = networkOfOnnx(model, 'test', 'test.onnx')
  const data = values(96)
  const expected = await run(encoded(model), 'output', data)
  const actual = await run(encodeOnnxModel(toOnnxModel(loaded.network, loaded.tensors)), loaded.network.output, data)
  expect(actual).toHaveLength(expected.length)
  expected.forEach((value, index) => expect(actual[index]).toBeCloseTo(value, 4))
  return loaded
}

describe(`layer normalisation written out in an ONNX file (seed ${seed})`, () => {
  it('becomes one layer with its scale and shift, under the names of the file', async () => {
    const loaded = await read(written())
    expect(operatorsOf(loaded)).toEqual(['Relu', 'LayerNormalization', 'ReduceMean'])
    const [, layer] = loaded.network.layers
    expect(layer).toMatchObject({
      name: 'ln',
      parameters: { scale: 'ln.weight', shift: 'ln.bias' },
      attributes: { axis: -1, epsilon: 1e-5 },
    })
    expect(Object.values(loaded.network.parameters).map(({ shape, trainable }) => ({ shape, trainable }))).toEqual([
      { shape: [4], trainable: true },
      { shape: [4], trainable: true },
    ])
  })

  it.each<[string, Variation]>([
    ['squared by a product', { square: 'Mul' }],
    ['over several axes', { axes: [1, 2, 3], scale: tensor('ln.weight', 2, 4, 4), shift: tensor('ln.bias', 2, 4, 4) }],
    [
      'with parameters behind axes of size 1',
      { scale: tensor('ln.weight', 1, 1, 4), shift: tensor('ln.bias', 1, 1, 4) },
    ],
  ])('is found %s', async (_, variation) => {
    expect(operatorsOf(await read(written(variation)))).toEqual(['Relu', 'LayerNormalization', 'ReduceMean'])
  })

  it.each<[string, Variation]>([
    [
      'over axes before the last',
      { axes: [1], scale: tensor('ln.weight', 2, 1, 1), shift: tensor('ln.bias', 2, 1, 1) },
    ],
    ['with another power', { exponent: 4 }],
    ['of another value', { varianceOf: 'x' }],
    ['with a scale for other axes', { scale: tensor('ln.weight', 4, 1) }],
  ])('is not seen in a formula %s', async (_, variation) => {
    expect(operatorsOf(await read(written(variation)))).not.toContain('LayerNormalization')
  })

  it('keeps a later addition apart when the scaled value is read elsewhere too, and the parts that are', async () => {
    const loaded = await read(written({}, [nodeOf('Add', ['y', 't'], ['z']), nodeOf('Add', ['z', 'm'], ['output'])]))
    expect(operatorsOf(loaded)).toEqual(['Relu', 'ReduceMean', 'LayerNormalization', 'Add', 'Add', 'Add'])
  })
})
