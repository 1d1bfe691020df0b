import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs'
import { onnxEngine, softmax, tfjsEngine } from '@graft/engines'
import { readNetwork } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'

const real = process.env.GRAFT_REAL_DATA ?? fileURLToPath(new URL('../../../../../shared/real', import.meta.url))
const directory = join(real, 'mobilenet_v1_0.75_224')
const photos = join(real, 'hymenoptera')
const there = existsSync(directory) && existsSync(photos)
if (!there)
  console.log(
    `skipped: no real data at ${real}; set GRAFT_REAL_DATA to the directory that holds mobilenet_v1_0.75_224 and hymenoptera`,
  )

const size = 224
const classes = 1000

function listPhotos(count: number): readonly string[] {
  const all = readdirSync(photos, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jpg'))
    .sort()
  return Array.from({ length: count }, (_, index) => join(photos, all[Math.floor((index * all.length) / count)] ?? ''))
}

/** Pixels in [-1, 1], channels last. */
async function decode(path: string): Promise<Float32Array> {
  const pixels = await sharp(path)
    .resize(size, size, { fit: 'fill' })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer()
  return Float32Array.from(pixels, (value) => value / 127.5 - 1)
}

function channelsFirst(pixels: Float32Array): Float32Array {
  const plane = size * size
  return pixels.map((_, index) => pixels[(index % plane) * 3 + Math.floor(index / plane)] ?? 0)
}

/** TensorFlow.js' own reading of the same files. */
async function loadReference(): Promise<tf.LayersModel> {
  const description = JSON.parse(await readFile(join(directory, 'model.json'), 'utf8')) as {
    modelTopology: object
    weightsManifest: { paths: string[]; weights: tf.io.WeightsManifestEntry[] }[]
  }
  const shards = await Promise.all(
    description.weightsManifest.flatMap((group) => group.paths).map((path) => readFile(join(directory, path))),
  )
  const bytes = new Uint8Array(Buffer.concat(shards))
  return tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: description.modelTopology,
      weightSpecs: description.weightsManifest.flatMap((group) => group.weights),
      weightData: bytes.buffer,
    }),
  )
}

describe.skipIf(!there)('MobileNet v1 read from the published files', () => {
  const inputs: Float32Array[] = []
  const expected: Float32Array[] = []

  beforeAll(async () => {
    // Starts the engine's backend, which the reference then runs on as well: the plain cpu backend would take minutes.
    const probe = await tfjsEngine.probe()
    expect(probe.available).toBe(true)
    const reference = await loadReference()
    for (const path of listPhotos(20)) {
      const pixels = await decode(path)
      inputs.push(pixels)
      expected.push(
        tf.tidy(
          () => (reference.predict(tf.tensor4d(pixels, [1, size, size, 3])) as tf.Tensor).dataSync() as Float32Array,
        ),
      )
    }
    reference.dispose()
  })

  it.each([tfjsEngine, onnxEngine])('gives the probabilities of loadLayersModel on 20 photos ($id)', async (engine) => {
    const { network, tensors } = await readNetwork(await openModelFiles(directory))
    const forward = await engine.forward(network, { tensors })
    const data = new Float32Array(inputs.length * 3 * size * size)
    inputs.forEach((pixels, index) => data.set(channelsFirst(pixels), index * pixels.length))
    const logits = (await forward.run({ shape: [inputs.length, 3, size, size], data }))[network.output]
    await forward.dispose()
    expect(logits?.shape).toEqual([20, classes])
    const probabilities = softmax(logits?.data ?? [], classes)
    const difference = Math.max(
      ...expected.map((values, photo) =>
        Math.max(...values.map((value, index) => Math.abs(value - (probabilities[photo * classes + index] ?? NaN)))),
      ),
    )
    expect(difference).toBeLessThan(1e-4)
    expect(Math.max(...expected.map((values) => Math.max(...values)))).toBeGreaterThan(0.3)
  })
})
