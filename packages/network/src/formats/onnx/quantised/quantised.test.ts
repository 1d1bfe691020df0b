import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { corpora } from '../../fuzz/corpora-node.js'
import type { LoadedNetwork } from '../../format.js'
import { filesInMemory } from '../../model-files.js'
import { readNetwork } from '../../read-network.js'
import { decodeOnnxModel } from '../decode-model.js'
import { encodeOnnxModel } from '../encode-model.js'
import { toOnnxModel } from '../encode-network.js'
import type { OnnxModelNode } from '../onnx-model.js'
import { float32Tensor, type OnnxTensor, tensorOf, tensorValues } from '../onnx-tensor.js'
import { encoded, int, modelOf, nodeOf, readOnnx } from '../testing.js'
import { run, values } from '../testing/results.js'

// As onnxruntime's quantiser writes them (fixtures/make_fixtures.py): it leaves out activations that a range stands for.
const fileOf = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(fileURLToPath(new URL(`fixtures/${name}.onnx`, import.meta.url))))
const read = (name: string): Promise<LoadedNetwork> => readOnnx({ 'small.onnx': fileOf(name) })

const kinds = ['qdq', 'qdq-uint8', 'qoperator', 'dynamic'] as const
const image = [1, 3, 8, 8]
const operatorsOf = ({ network }: LoadedNetwork): readonly string[] => network.layers.map(({ operator }) => operator)

async function scoresOf({ network, tensors }: LoadedNetwork, data: Float32Array): Promise<Float32Array> {
  const bytes = encodeOnnxModel(toOnnxModel(network, tensors))
  return (await run(bytes, network.output, data, image)).data as Float32Array
}

/** By the arithmetic of the standard, from the file itself; scales along the first axis or for all. */
function standsFor(name: string, weight: string): Float32Array {
  const { initializers } = decodeOnnxModel(fileOf(name)).graph
  const part = (ending: string): OnnxTensor | undefined =>
    initializers.find((tensor) => tensor.name === `${weight}${ending}`)
  const [whole, scale, zero] = [part('_quantized'), part('_scale'), part('_zero_point')].map((tensor) =>
    tensor === undefined ? Float64Array.of(0) : tensorValues(tensor),
  ) as [Float64Array, Float64Array, Float64Array]
  const of = (list: Float64Array, index: number): number =>
    list[Math.floor((index * list.length) / whole.length)] ?? Number.NaN
  return Float32Array.from(whole, (value, index) => (value - of(zero, index)) * of(scale, index))
}

describe('what onnxruntime has quantised', () => {
  it.each(kinds)('%s is read as the network that it was, with its activations', async (kind) => {
    const plain = await read('float')
    const loaded = await read(kind)
    const biases = (operator: string): boolean => kind !== 'dynamic' || operator !== 'Add'
    expect(operatorsOf(loaded).filter(biases)).toEqual(operatorsOf(plain).filter(biases))
    expect(loaded.network.layers.find(({ operator }) => operator === 'Clip')?.attributes).toMatchObject({ max: 6 })
  })

  it.each(kinds)('%s gives weights that are exactly what its whole numbers stand for', async (kind) => {
    const { network, tensors } = await read(kind)
    for (const name of ['stem.weight', 'block.weight', 'fc.weight']) {
      const layer = network.layers.find((one) => one.name === name.replace('.weight', ''))
      const tensor = tensors.get(layer?.parameters['weight'] ?? '')
      expect(tensor?.data, name).toEqual(standsFor(kind, name))
    }
  })

  it.each(kinds)('%s answers as onnxruntime does with whole numbers, but for their rounding', async (kind) => {
    const data = values(3 * 8 * 8).map((value) => 2 * value)
    const expected = (await run(fileOf(kind), 'logits', data, image)).data as Float32Array
    const scores = await scoresOf(await read(kind), data)
    const spread = Math.max(...expected) - Math.min(...expected)
    expected.forEach((value, index) => expect(Math.abs((scores[index] ?? 0) - value) / spread).toBeLessThan(0.03))
  })
})

describe('quantised graphs', () => {
  const weights = [
    tensorOf('w_quantized', 'int8', [2, 2, 1, 1], [-128, 127, 3, 0]),
    float32Tensor('w_scale', [2], Float32Array.of(0.5, 0.1)),
    tensorOf('w_zero', 'int8', [2], [1, -2]),
    float32Tensor('scale', [], Float32Array.of(0.25)),
    tensorOf('middle', 'uint8', [], [128]),
    tensorOf('nought', 'uint8', [], [0]),
    float32Tensor('none', [0], new Float32Array()),
  ]
  const pair = (value: string, output: string, zero: string): readonly OnnxModelNode[] => [
    nodeOf('QuantizeLinear', [value, 'scale', zero], [`${output}_q`]),
    nodeOf('DequantizeLinear', [`${output}_q`, 'scale', zero], [output]),
  ]
  const convolution = [
    nodeOf('DequantizeLinear', ['w_quantized', 'w_scale', 'w_zero'], ['w'], { axis: int(0) }),
    nodeOf('Conv', ['input', 'w'], ['conv']),
  ]
  const operators = async (nodes: readonly OnnxModelNode[]): Promise<readonly string[]> =>
    operatorsOf(await readOnnx({ 'net.onnx': encoded(modelOf(nodes, weights)) }))

  it('a range around nought is nothing, one that begins there an activation', async () => {
    expect(await operators([...convolution, ...pair('conv', 'output', 'middle')])).toEqual(['Conv'])
    expect(await operators([...convolution, ...pair('conv', 'output', 'nought')])).toEqual(['Conv', 'Relu'])
    const relu = nodeOf('Relu', ['conv'], ['relu'])
    expect(await operators([...convolution, relu, ...pair('relu', 'output', 'nought')])).toEqual(['Conv', 'Relu'])
  })

  it('a weight that an old file lists among its inputs may be negative', async () => {
    const shift = float32Tensor('shift', [2, 1, 1], Float32Array.of(-1, -1))
    const relu = nodeOf('Relu', ['conv'], ['relu'])
    const nodes = [...convolution, relu, nodeOf('Add', ['relu', 'shift'], ['sum']), ...pair('sum', 'output', 'nought')]
    const model = modelOf(nodes, [...weights, shift])
    const { inputs } = model.graph
    const listed = { ...model, graph: { ...model.graph, inputs: [...inputs, { ...inputs[0]!, name: 'shift' }] } }
    expect(operatorsOf(await readOnnx({ 'net.onnx': encoded(listed) }))).toEqual(['Conv', 'Relu', 'Add', 'Relu'])
  })

  it('weights that the file quantises itself are rounded as it does', async () => {
    const plain = float32Tensor('plain', [2, 2, 1, 1], Float32Array.of(0.124, 0.126, -1, 99))
    const nodes = [...pair('plain', 'w', 'middle'), nodeOf('Conv', ['input', 'w'], ['output'])]
    const { tensors } = await readOnnx({ 'net.onnx': encoded(modelOf(nodes, [...weights, plain])) })
    expect([...tensors.values()].map(({ data }) => [...data])).toEqual([[0, 0.25, -1, 31.75]])
  })

  it.each(['at once', 'behind a cast each'])(
    'a product that two scales multiply is scaled by each once: %s',
    async (how) => {
      const casts = how === 'at once' ? ['sum', 'sum'] : ['sum', 'other']
      const nodes = [
        nodeOf('DynamicQuantizeLinear', ['input'], ['q', 's', 'z']),
        nodeOf('ConvInteger', ['q', 'w_quantized', 'z'], ['whole']),
        ...[...new Set(casts)].map((name) => nodeOf('Cast', ['whole'], [name], { to: int(1) })),
        ...['scale', 'tenth'].map((name) => nodeOf('Mul', ['s', name], [`by-${name}`])),
        nodeOf('Mul', [casts[0]!, 'by-scale'], ['one']),
        nodeOf('Mul', [casts[1]!, 'by-tenth'], ['two']),
        nodeOf('Sub', ['one', 'two'], ['output']),
      ]
      const file = encoded(modelOf(nodes, [...weights, float32Tensor('tenth', [], Float32Array.of(0.1))]))
      const [data, shape] = [values(2 * 4 * 4), [1, 2, 4, 4]]
      const expected = (await run(file, 'output', data, shape)).data as Float32Array
      const { network, tensors } = await readOnnx({ 'net.onnx': file })
      const written = encodeOnnxModel(toOnnxModel(network, tensors))
      const given = (await run(written, network.output, data, shape)).data as Float32Array
      const spread = Math.max(...expected) - Math.min(...expected)
      expected.forEach((value, index) => expect(Math.abs((given[index] ?? NaN) - value) / spread).toBeLessThan(0.03))
    },
  )

  it.each([
    [
      'scales that do not fit',
      [
        nodeOf('DequantizeLinear', ['w_quantized', 'w_scale'], ['w'], { axis: int(3) }),
        nodeOf('Conv', ['input', 'w'], ['output']),
      ],
      /has 2 scales for values of shape \[2, 2, 1, 1\] along axis 3/,
    ],
    [
      'no scales at all',
      [
        nodeOf('DequantizeLinear', ['w_quantized', 'none'], ['w'], { axis: int(99) }),
        nodeOf('Conv', ['input', 'w'], ['output']),
      ],
      /has 0 scales/,
    ],
    [
      'an operator on whole numbers that is unknown',
      [nodeOf('QuantizeLinear', ['input', 'scale', 'middle'], ['q']), nodeOf('Tanh', ['q'], ['output'])],
      /Tanh.*quantised/,
    ],
    [
      'numbers of the image as they are',
      [nodeOf('ConvInteger', ['input', 'w_quantized'], ['output'])],
      /ConvInteger.*as they are/,
    ],
  ] as const)('%s are refused by name', async (_, nodes, said) => {
    await expect(operators(nodes)).rejects.toThrow(said)
  })

  it('what Graft wrote in 8 bits comes back with its layers, stages and classes', async () => {
    const filesOf = (id: string): Promise<Readonly<Record<string, Uint8Array>>> | undefined =>
      corpora()
        .find((corpus) => corpus.id === id)
        ?.files()
    const files = await filesOf('onnx: written as onnx-int8')
    const plain = await readNetwork(filesInMemory((await filesOf('onnx: written as onnx')) ?? {}))
    const { network } = await readNetwork(filesInMemory(files ?? {}))
    expect(network.stages.map(({ name }) => name)).toEqual(plain.network.stages.map(({ name }) => name))
    expect(network.head).toEqual(plain.network.head)
    expect(network.layers.map(({ operator }) => operator)).toEqual(
      plain.network.layers.map(({ operator }) => operator).filter((operator) => operator !== 'BatchNormalization'),
    )
  })
})
