import { createHash } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onnxEngine, openOnnxFile, singleLabel } from '@graft/engines'
import type { Sample } from '@graft/graph-schema'
import {
  createRandom,
  filesInMemory,
  type LoadedNetwork,
  type Preprocessing,
  readNetwork,
  writers,
} from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { createImageLoader, embeddedBackbones, loadEmbeddedBackbone } from '@graft/nodes'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { hasRealData, imagenetSamples, realMobilenet } from './real-photos.js'

const seed = 41
const forImages = writers.find(({ id }) => id === 'onnx-image')

/** JPEG files of smooth shapes with noise, large and small, wide and tall. */
async function drawnSamples(): Promise<readonly Sample[]> {
  const folder = mkdtempSync(join(tmpdir(), 'graft-for-images-'))
  const random = createRandom(seed)
  const sizes = [
    [640, 427],
    [333, 500],
    [64, 64],
    [50, 41],
    [301, 300],
    [1000, 97],
  ] as const
  return Promise.all(
    sizes.map(async ([width, height], label) => {
      const data = Uint8Array.from(
        { length: width * height * 3 },
        (_, index) => 127 + 90 * Math.sin(index / (90 + 40 * label)) + 38 * random(),
      )
      const path = join(folder, `${label}.jpg`)
      await sharp(data, { raw: { width, height, channels: 3 } })
        .jpeg()
        .toFile(path)
      return {
        id: path,
        path,
        label,
        fingerprint: createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      }
    }),
  )
}

/** What Graft itself answers: its loader, its engine. */
async function graftsAnswers({ network, tensors }: LoadedNetwork, samples: readonly Sample[]): Promise<Float32Array> {
  const loader = createImageLoader({ samples, transforms: [], preprocessing: network.preprocessing, seed: 0 })
  const forward = await onnxEngine.forward(network, { tensors })
  const width = network.head?.names.length ?? 0
  const answers = new Float32Array(samples.length * width)
  for (const [index] of samples.entries()) {
    const { [network.output]: logits } = await forward.run(await loader.load([index], 0))
    answers.set(
      singleLabel.decode({ values: logits?.data ?? [], width }, network.head!)[0]!.probabilities,
      index * width,
    )
  }
  await Promise.all([forward.dispose(), loader.close()])
  return answers
}

/** What the exported file answers: onnxruntime alone, the bytes of the decoded JPEG files. */
async function filesAnswers({ network, tensors }: LoadedNetwork, samples: readonly Sample[]): Promise<Float32Array> {
  const file = await openOnnxFile((await forImages?.write(network, tensors)) ?? new Uint8Array())
  const width = network.head?.names.length ?? 0
  const answers = new Float32Array(samples.length * width)
  for (const [index, { path }] of samples.entries()) {
    const { data, info } = await sharp(path)
      .removeAlpha()
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true })
    const { probabilities } = await file.run({ shape: [1, info.height, info.width, 3], data: new Uint8Array(data) })
    answers.set(probabilities ?? [], index * width)
  }
  await file.close()
  return answers
}

const largestDifference = (one: Float32Array, other: Float32Array): number =>
  one.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (other[index] ?? NaN))), 0)

const variants: readonly Partial<Preprocessing>[] = [
  { resize: 'stretch', interpolation: 'bilinear' },
  { resize: 'crop', cropFraction: 0.875, interpolation: 'bilinear' },
  { resize: 'crop', cropFraction: 0.9, interpolation: 'bicubic' },
  {
    resize: 'stretch',
    interpolation: 'bicubic',
    channelOrder: 'bgr',
    mean: [0.4, 0.5, 0.6],
    deviation: [0.5, 0.45, 0.55],
  },
]

describe(`the ONNX file with preprocessing inside (seed ${seed})`, () => {
  it.each(variants)('answers as Graft does for bytes of images of any size: %j', async (variant) => {
    const [backbone] = embeddedBackbones
    const { network, tensors } = await loadEmbeddedBackbone(backbone!)
    const loaded = { network: { ...network, preprocessing: { ...network.preprocessing, ...variant } }, tensors }
    const samples = await drawnSamples()
    const [ours, theirs] = [await graftsAnswers(loaded, samples), await filesAnswers(loaded, samples)]
    const largest = largestDifference(ours, theirs)
    console.log(`largest difference of probabilities: ${largest.toExponential(1)}`)
    // The same bytes go in; noise makes the network's logits large, where float32 has fewer digits.
    expect(largest).toBeLessThan(5e-4)
    const flipped = { ...loaded.network.preprocessing, mean: [0, 0, 0] as const }
    const others = await graftsAnswers({ network: { ...network, preprocessing: flipped }, tensors }, samples)
    expect(largestDifference(others, theirs)).toBeGreaterThan(0.01)
  })

  it.skipIf(!hasRealData)('gives real photos the same probabilities', async () => {
    const loaded = await readNetwork(await openModelFiles(realMobilenet))
    const samples = imagenetSamples(40)
    const [ours, theirs] = [await graftsAnswers(loaded, samples), await filesAnswers(loaded, samples)]
    const largest = largestDifference(ours, theirs)
    console.log(`largest difference of probabilities on 40 photos: ${largest.toExponential(1)}`)
    expect(largest).toBeLessThan(1e-4)
  })

  it('is read by Graft again as the network with its preprocessing, weights and all', async () => {
    const [backbone] = embeddedBackbones
    const { network, tensors } = await loadEmbeddedBackbone(backbone!)
    const bytes = (await forImages?.write(network, tensors)) ?? new Uint8Array()
    const again = await readNetwork(filesInMemory({ 'model.onnx': bytes }))
    expect(again.network.preprocessing).toEqual(network.preprocessing)
    expect(again.network.stages).toEqual(network.stages)
    for (const [name, { data }] of again.tensors) expect(data).toEqual(tensors.get(name)?.data)
  })
})
