import * as onnxruntime from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { graftnet } from '../../architectures/graftnet.js'
import type { Network, Tensors } from '../../network.js'
import { createRandom, normal } from '../../values/random.js'
import { loadTensors } from '../../values/tensors.js'
import { decodeOnnxModel } from './decode-model.js'
import { encodeOnnxModel } from './encode-model.js'
import { toOnnxModel } from './encode-network.js'

const seed = 11

async function graftnetWithTensors(): Promise<{ network: Network; tensors: Tensors }> {
  const network = graftnet.build({ classes: 5, inputSize: 32, seed })
  return { network, tensors: await loadTensors(network, () => Promise.reject(new Error('no blobs expected'))) }
}

function randomImages(count: number, size: number): Float32Array {
  const random = createRandom(seed)
  return Float32Array.from({ length: count * 3 * size * size }, () => normal(random))
}

describe(`toOnnxModel, encoded (seed ${seed})`, () => {
  it('writes a model that onnxruntime runs at any batch size, with every asked-for value under its layer name', async () => {
    const { network, tensors } = await graftnetWithTensors()
    const session = await onnxruntime.InferenceSession.create(
      encodeOnnxModel(
        toOnnxModel(network, tensors, { outputs: ['stage2.0.activation', network.output], softmax: true }),
      ),
    )
    expect(session.inputNames).toEqual(['input'])
    expect(session.outputNames).toEqual(['stage2.0.activation', 'head.fc', 'probabilities'])
    const images = randomImages(3, 32)
    const result = await session.run({ input: new onnxruntime.Tensor('float32', images, [3, 3, 32, 32]) })
    const alone = await session.run({
      input: new onnxruntime.Tensor('float32', images.slice(0, 3 * 32 * 32), [1, 3, 32, 32]),
    })
    expect(result['head.fc']?.dims).toEqual([3, 5])
    expect(result['stage2.0.activation']?.dims).toEqual([3, 48, 8, 8])
    const probabilities = result['probabilities']?.data as Float32Array
    for (const row of [0, 1, 2])
      expect(probabilities.slice(row * 5, row * 5 + 5).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5)
    ;(alone['head.fc']?.data as Float32Array).forEach((value, index) =>
      expect(value).toBeCloseTo(Number(result['head.fc']?.data[index]), 4),
    )
  })

  it('keeps weights bit for bit as raw initialisers and metadata as given', async () => {
    const { network, tensors } = await graftnetWithTensors()
    const model = decodeOnnxModel(
      encodeOnnxModel(toOnnxModel(network, tensors, { metadata: { 'graft.classNames': '["a"]' } })),
    )
    expect(model.metadata).toEqual({ 'graft.classNames': '["a"]' })
    expect(model.opsetImports).toEqual([{ domain: '', version: 17 }])
    const weight = model.graph.initializers.find((tensor) => tensor.name === 'stem.conv.weight')
    const expected = tensors.get('stem.conv.weight')
    expect(weight?.shape).toEqual(expected?.shape)
    expect(weight?.data).toEqual(new Uint8Array(expected?.data.slice().buffer ?? new ArrayBuffer(0)))
  })

  it('names the parameter that has no values', async () => {
    const { network, tensors } = await graftnetWithTensors()
    tensors.delete('head.fc.bias')
    expect(() => encodeOnnxModel(toOnnxModel(network, tensors))).toThrow(/"head\.fc\.bias" has no values/)
  })

  it('names the layer that was asked for and does not exist', async () => {
    const { network, tensors } = await graftnetWithTensors()
    expect(() => encodeOnnxModel(toOnnxModel(network, tensors, { outputs: ['stage9'] }))).toThrow(/no layer "stage9"/)
  })

  it('refuses values that lie in another file, unless the reader is given them beside the model', async () => {
    const { network, tensors } = await graftnetWithTensors()
    const model = toOnnxModel(network, tensors)
    const elsewhere = { location: 'weights', offset: 8, length: 16 }
    const initializers = model.graph.initializers.map((tensor, index) =>
      index === 0 ? { ...tensor, data: elsewhere } : tensor,
    )
    const referring = { ...model, graph: { ...model.graph, initializers } }
    expect(() => encodeOnnxModel(referring)).toThrow(/keeps its values in another file and can't be written/)
    expect(decodeOnnxModel(encodeOnnxModel(referring, { keepExternal: true })).graph.initializers[0]?.data).toEqual(
      elsewhere,
    )
  })
})
