import { classifierHead } from '../../head.js'
import * as onnxruntime from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { graftnet } from '../../architectures/graftnet.js'
import type { Network, Tensors } from '../../network.js'
import { createRandom, normal } from '../../values/random.js'
import { loadTensors } from '../../values/tensors.js'
import { decodeOnnxModel } from './decode-model.js'
import { encodeOnnxClassifier } from './encode-classifier.js'
import { encodeOnnxModel } from './encode-model.js'
import { readOnnx } from './testing.js'

const seed = 31
const classNames = ['bee', 'ant', 'wasp']

async function trained(): Promise<{ network: Network; tensors: Tensors }> {
  const network: Network = { ...graftnet.build({ classes: 3, inputSize: 32, seed }), head: classifierHead(classNames) }
  return { network, tensors: await loadTensors(network, () => Promise.reject(new Error('no blobs expected'))) }
}

async function run(bytes: Uint8Array): Promise<Record<string, onnxruntime.Tensor>> {
  const random = createRandom(seed)
  const images = Float32Array.from({ length: 2 * 3 * 32 * 32 }, () => normal(random))
  const session = await onnxruntime.InferenceSession.create(bytes)
  return (await session.run({ input: new onnxruntime.Tensor('float32', images, [2, 3, 32, 32]) })) as Record<
    string,
    onnxruntime.Tensor
  >
}

describe(`ONNX round trip (seed ${seed})`, () => {
  it('exports a classifier that names its outputs, classes and preprocessing', async () => {
    const { network, tensors } = await trained()
    const bytes = encodeOnnxClassifier(network, tensors)
    const { logits, probabilities } = await run(bytes)
    expect(logits?.dims).toEqual([2, 3])
    const scores = Array.from(logits?.data as Float32Array)
      .slice(0, 3)
      .map(Math.exp)
    const total = scores.reduce((sum, score) => sum + score, 0)
    scores.forEach((score, index) => expect(Number(probabilities?.data[index])).toBeCloseTo(score / total, 5))
    const { metadata, docString } = decodeOnnxModel(bytes)
    expect(JSON.parse(metadata['graft.classNames'] ?? '')).toEqual(classNames)
    expect(JSON.parse(metadata['graft.preprocessing'] ?? '')).toEqual(network.preprocessing)
    expect(docString).toContain('Classes: bee, ant, wasp')
  })

  it.each([
    ['scores', false],
    ['a sigmoid of its own', true],
  ])('gives a network of one output its probability, not 1 always: it ends in %s (files 14)', async (_, own) => {
    const built = graftnet.build({ classes: 1, inputSize: 32, seed })
    const sigmoid = { name: 'yes', operator: 'Sigmoid', inputs: [built.output], parameters: {}, attributes: {} }
    const network: Network = own
      ? {
          ...built,
          layers: [...built.layers, sigmoid],
          output: 'yes',
          stages: built.stages.map((stage) =>
            stage.layers.includes(built.output) ? { ...stage, layers: [...stage.layers, 'yes'] } : stage,
          ),
        }
      : built
    const tensors = await loadTensors(network, () => Promise.reject(new Error('no blobs expected')))
    const bytes = encodeOnnxClassifier(network, tensors)
    const { logits, probabilities } = await run(bytes)
    const scores = Array.from(logits?.data as Float32Array)
    expect(scores.some((score) => Math.abs(score) > 1e-4)).toBe(true)
    scores.forEach((score, index) =>
      expect(Number(probabilities?.data[index])).toBeCloseTo(1 / (1 + Math.exp(-score)), 5),
    )
    const again = await readOnnx({ 'model.onnx': bytes })
    expect(again.network.layers).toEqual(network.layers)
  })

  it('reads its own export back exactly: layers, stages, freezing, weights', async () => {
    const { network, tensors } = await trained()
    const frozen: Network = {
      ...network,
      parameters: Object.fromEntries(
        Object.entries(network.parameters).map(([key, parameter]) => [
          key,
          { ...parameter, trainable: key.startsWith('head') },
        ]),
      ),
    }
    const loaded = await readOnnx({ 'model.onnx': encodeOnnxClassifier(frozen, tensors) })
    const withoutSources = (given: Network): unknown => ({
      ...given,
      parameters: Object.entries(given.parameters).map(([key, { shape, trainable }]) => [key, shape, trainable]),
    })
    expect(withoutSources(loaded.network)).toEqual(withoutSources(frozen))
    expect(loaded.network.parameters['head.fc.weight']?.source).toEqual({
      kind: 'blob',
      blob: '',
      tensor: 'head.fc.weight',
    })
    expect([...loaded.tensors.keys()].sort()).toEqual([...tensors.keys()].sort())
    for (const [key, { shape, data }] of tensors) {
      expect(loaded.tensors.get(key)?.shape).toEqual(shape)
      expect(
        data.every((value, index) => Object.is(value, loaded.tensors.get(key)?.data[index])),
        key,
      ).toBe(true)
    }
  })

  it('keeps metadata given for the export beside its own', async () => {
    const { network, tensors } = await trained()
    const { metadata } = decodeOnnxModel(
      encodeOnnxClassifier(network, tensors, { metadata: { 'graft.document': '{}' } }),
    )
    expect(metadata['graft.document']).toBe('{}')
    expect(metadata['graft.network']).toBeDefined()
  })

  it('believes the graph, not the description, when another tool has changed the graph', async () => {
    const { network, tensors } = await trained()
    const model = decodeOnnxModel(encodeOnnxClassifier(network, tensors))
    const nodes = model.graph.nodes.map((node) =>
      node.operator === 'GlobalAveragePool' ? { ...node, operator: 'GlobalMaxPool' } : node,
    )
    const { network: read } = await readOnnx({
      'model.onnx': encodeOnnxModel({ ...model, graph: { ...model.graph, nodes } }),
    })
    expect(read.layers.map((layer) => layer.operator)).toContain('GlobalMaxPool')
    expect(read.head).toEqual(classifierHead(classNames))
    expect(read.preprocessing).toEqual(network.preprocessing)
  })

  it('reads the graph alone to the same layers and outputs when the description is missing', async () => {
    const { network, tensors } = await trained()
    const bytes = encodeOnnxClassifier(network, tensors)
    const bare = encodeOnnxModel({ ...decodeOnnxModel(bytes), metadata: {} })
    const loaded = await readOnnx({ 'graftnet.onnx': bare })
    expect(loaded.network.layers.map(({ name, operator, inputs }) => [name, operator, inputs])).toEqual(
      network.layers.map(({ name, operator, inputs }) => [name, operator, inputs]),
    )
    expect(loaded.network.head).toBeNull()
    const [before, after] = [await run(bytes), await run(encodeOnnxClassifier(loaded.network, loaded.tensors))]
    expect(after['logits']?.data).toEqual(before['logits']?.data)
  })
})
