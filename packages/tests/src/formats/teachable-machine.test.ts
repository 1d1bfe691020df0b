import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs'
import { onnxEngine, softmax } from '@graft/engines'
import { addHead, inferShapes, type LoadedNetwork, readNetwork, stripHead } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import * as hdf5 from 'h5wasm'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { hasRealData, imagenetSamples } from '../exports/real-photos.js'

// Two models that people trained with Teachable Machine, against TensorFlow.js' own loader.
const real = process.env.GRAFT_REAL_DATA ?? fileURLToPath(new URL('../../../../../shared/real', import.meta.url))
const folder = join(real, 'teachable_machine')
const there = hasRealData && existsSync(folder)
if (!there) console.log(`skipped: no ${folder}; set GRAFT_REAL_DATA to the folder that holds teachable_machine`)

const size = 224
const photos = 4

/** As Teachable Machine prepares them: the square in the middle, -1 to 1. */
async function batchOfPhotos(): Promise<tf.Tensor4D> {
  const pixels = await Promise.all(
    imagenetSamples(photos).map(({ path }) =>
      sharp(path).resize(size, size, { fit: 'cover' }).removeAlpha().toColourspace('srgb').raw().toBuffer(),
    ),
  )
  return tf.tensor4d(
    Float32Array.from(Buffer.concat(pixels), (value) => value / 127.5 - 1),
    [photos, size, size, 3],
  )
}

/** What TensorFlow.js makes of the same description and weights. */
const artifacts: Readonly<Record<string, () => Promise<tf.io.ModelArtifacts>>> = {
  tfjs: () => {
    const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'tfjs', 'model.json'), 'utf8')) as {
      modelTopology: object
      weightsManifest: { weights: tf.io.WeightsManifestEntry[] }[]
    }
    const bytes = new Uint8Array(readFileSync(join(folder, 'tfjs', 'weights.bin')))
    return Promise.resolve({
      modelTopology,
      weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
      weightData: bytes.buffer,
    })
  },
  'keras_model.h5': async () => {
    const { FS } = await hdf5.ready
    FS.writeFile('/model.h5', new Uint8Array(readFileSync(join(folder, 'keras_model.h5'))))
    const file = new hdf5.File('/model.h5', 'r')
    const weights: { spec: tf.io.WeightsManifestEntry; data: Float32Array }[] = []
    const visit = (group: hdf5.Group, path: readonly string[]): void => {
      for (const key of group.keys()) {
        const entity = group.get(key)
        if (entity instanceof hdf5.Group) visit(entity, [...path, key])
        if (!(entity instanceof hdf5.Dataset)) continue
        const name = [...path, key].slice(2).join('/').replace(/:0$/, '')
        weights.push({
          spec: { name, shape: entity.shape ?? [], dtype: 'float32' },
          data: entity.value as Float32Array,
        })
      }
    }
    visit(file, [])
    const description = JSON.parse(String(file.attrs.model_config?.value)) as object
    return {
      modelTopology: { model_config: description, keras_version: '2.4.0' },
      weightSpecs: weights.map(({ spec }) => spec),
      weightData: new Uint8Array(Buffer.concat(weights.map(({ data }) => new Uint8Array(data.buffer)))).buffer,
    }
  },
}

describe.skipIf(!there)('Teachable Machine', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })

  const read = async (name: string): Promise<LoadedNetwork> => readNetwork(await openModelFiles(join(folder, name)))

  it.each(Object.keys(artifacts))('%s answers real photos as TensorFlow.js does', async (name) => {
    const batch = await batchOfPhotos()
    const model = await tf.loadLayersModel(tf.io.fromMemory((await artifacts[name]?.()) ?? {}))
    const expected = (model.predict(batch) as tf.Tensor).dataSync()
    const { network, tensors } = await read(name)
    const forward = await onnxEngine.forward(network, { tensors })
    const input = { shape: [photos, 3, size, size], data: tf.transpose(batch, [0, 3, 1, 2]).dataSync() as Float32Array }
    const logits = (await forward.run(input))[network.output]?.data ?? new Float32Array()
    await forward.dispose()
    const answers = [...softmax(logits, network.head?.names.length ?? 0)]
    expect(Math.max(...answers.map((value, index) => Math.abs(value - (expected[index] ?? NaN))))).toBeLessThan(1e-4)
  })

  it.each([
    ['tfjs', ['바위', '보', '가위']],
    ['keras_model.h5', ['ROCK', 'PAPPER', 'SCISSOR']],
  ])('%s says its classes and wants the square in the middle, -1 to 1', async (name, classes) => {
    const { network } = await read(name)
    expect(network.head?.names).toEqual(classes)
    expect(network.preprocessing).toMatchObject({ resize: 'crop', cropFraction: 1, mean: [0.5, 0.5, 0.5] })
    expect(network.preprocessing.deviation).toEqual([0.5, 0.5, 0.5])
    expect(network.preprocessingOrigin?.certain).toBe(true)
  })

  it.each(Object.keys(artifacts))('%s takes a new head', async (name) => {
    const features = stripHead((await read(name)).network)
    expect(inferShapes(features).get(features.output)).toEqual([1, 1280, 7, 7])
    const network = addHead(features, { classNames: ['a', 'b'], pooling: 'average', hidden: [], dropout: 0, seed: 1 })
    expect(inferShapes(network).get(network.output)).toEqual([1, 2])
  })
})
