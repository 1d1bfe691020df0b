import { describe, expect, it } from 'vitest'
import { graftnet } from '../../architectures/graftnet.js'
import { classifierHead } from '../../head.js'
import { createRandom } from '../../values/random.js'
import { loadTensors } from '../../values/tensors.js'
import { filesInMemory, type ModelFiles } from '../model-files.js'
import { decodeOnnxModel } from './decode-model.js'
import { encodeOnnxClassifier } from './encode-classifier.js'
import { encodeOnnxModel } from './encode-model.js'
import { externalFiles, resolveExternalData } from './external-data.js'
import { float32Tensor, type OnnxTensor } from './onnx-tensor.js'
import { readOnnxModel } from './read-model.js'
import { slimModel } from './slim-model.js'
import { modelOf, nodeOf } from './testing.js'

const seed = Number(process.env.GRAFT_TEST_SEED ?? Math.floor(Math.random() * 1e9))
console.log(`slim models random seed: ${seed} (set GRAFT_TEST_SEED to repeat)`)

const network = { ...graftnet.build({ classes: 3, inputSize: 32 }), head: classifierHead(['a', 'b', 'c']) }
const tensors = await loadTensors(network, () => Promise.reject(new Error('no blobs')))
const bytes = encodeOnnxClassifier(network, tensors)

/** The same files, and how many bytes were read of them. */
function counted(files: ModelFiles): { files: ModelFiles; read: () => number; longest: () => number } {
  let [read, longest] = [0, 0]
  const range: ModelFiles['range'] = (name, from, to) => {
    read += to - from
    longest = Math.max(longest, to - from)
    return files.range(name, from, to)
  }
  return {
    files: { ...files, range, read: async (name) => range(name, 0, await files.size(name)) },
    read: () => read,
    longest: () => longest,
  }
}

const heavy = (count: number): Uint8Array =>
  encodeOnnxModel(
    modelOf(
      [nodeOf('Relu', ['input'], ['output'])],
      Array.from({ length: count }, (_, index) =>
        float32Tensor(`w${index}`, [1 << 18], new Float32Array(1 << 18).fill(index)),
      ),
    ),
  )

describe(`large weights stay in the file while it is decoded (seed ${seed})`, () => {
  it('and resolve to the model that decoding the whole file gives', async () => {
    const files = filesInMemory({ 'folder/model.onnx': bytes, 'folder/other': bytes })
    const slim = await readOnnxModel(files, 'folder/model.onnx')
    expect(slim.graph.initializers.some(({ data }) => !(data instanceof Uint8Array))).toBe(true)
    expect(externalFiles(slim, 'folder/model.onnx')).toEqual([])
    const whole = decodeOnnxModel(bytes)
    const { graph, ...rest } = await resolveExternalData(slim, files, 'folder/model.onnx')
    const { graph: expected, ...others } = whole
    expect(rest).toEqual(others)
    expect({ ...graph, initializers: [] }).toEqual({ ...expected, initializers: [] })
    const plain = (list: readonly OnnxTensor[]): unknown =>
      list.map(({ name, type, shape, data }) => [
        name,
        type,
        shape,
        data instanceof Uint8Array ? Buffer.from(data).toString('base64') : data,
      ])
    expect(plain(graph.initializers)).toEqual(plain(expected.initializers))
  })

  it('so that its structure takes a small part of it', async () => {
    const content = heavy(12)
    const { files, read, longest } = counted(filesInMemory({ 'model.onnx': content }))
    const slim = await slimModel(files, 'model.onnx', 'model.onnx')
    expect(slim?.length).toBeLessThan(2000)
    expect(read()).toBeLessThan(content.length / 10)
    await resolveExternalData(await readOnnxModel(files, 'model.onnx'), files, 'model.onnx')
    expect(longest(), 'nothing longer than one tensor is read at once').toBe(4 << 18)
  })

  it('and damage anywhere gives a model or a complaint as decoding the whole does, never another model', async () => {
    const random = createRandom(seed)
    const small = heavy(2)
    for (let round = 0; round < 200; round++) {
      const damaged = small.slice(0, random() < 0.3 ? Math.floor(random() * small.length) : small.length)
      for (let change = 0; change < 3; change++)
        damaged[Math.floor(random() * Math.min(400, damaged.length))] = Math.floor(random() * 256)
      const files = filesInMemory({ 'model.onnx': damaged })
      const outcome = async (read: () => Promise<unknown>): Promise<string> =>
        read().then(
          (model) => JSON.stringify(model, (_, value: unknown) => (value instanceof Uint8Array ? value.length : value)),
          () => 'refused',
        )
      const whole = await outcome(async () => decodeOnnxModel(damaged))
      const slim = await outcome(async () => {
        const { graph, ...rest } = await resolveExternalData(
          await readOnnxModel(files, 'model.onnx'),
          files,
          'model.onnx',
        )
        return {
          ...rest,
          graph: { ...graph, initializers: graph.initializers.map(({ ownsData: _, ...tensor }) => tensor) },
        }
      })
      if (whole !== 'refused' && slim !== 'refused')
        expect(JSON.parse(slim), `round ${round}`).toEqual(JSON.parse(whole))
      if (whole === 'refused') expect(slim, `round ${round}`).toBe('refused')
    }
  })
})

describe('tensors that are kept in files', () => {
  const external = (name: string, offset: number, count: number): OnnxTensor => ({
    name,
    type: 'float32',
    shape: [count],
    data: { location: 'data', offset, length: 4 * count },
  })
  const resolve = (...initializers: readonly OnnxTensor[]): ReturnType<typeof resolveExternalData> =>
    resolveExternalData(
      modelOf([], initializers),
      filesInMemory({ 'model.onnx': new Uint8Array(1), data: new Uint8Array(400) }),
      'model.onnx',
    )

  it('share memory when they are the same range', async () => {
    const { graph } = await resolve(external('a', 0, 100), external('b', 0, 100), external('c', 0, 100))
    expect(graph.initializers[2]?.data).toBe(graph.initializers[0]?.data)
  })

  it('are refused when together they claim more than the file holds', async () => {
    await expect(resolve(external('a', 0, 100), external('b', 4, 99))).rejects.toThrow(
      /more bytes than its files hold.*"b"/,
    )
  })
})
