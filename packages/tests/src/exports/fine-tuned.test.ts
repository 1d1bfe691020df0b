import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Batch, onnxEngine, singleLabel } from '@graft/engines'
import type { Sample } from '@graft/graph-schema'
import {
  addHead,
  findArchitecture,
  freeze,
  type LoadedNetwork,
  loadTensors,
  type Network,
  readNetwork,
  stripHead,
  writers,
} from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { createImageLoader, writeAndCheck } from '@graft/nodes'
import { beforeAll, describe, expect, it } from 'vitest'
import { hasRealData, realMobilenet, realPhotos } from './real-photos.js'

const seed = 5
const classNames = ['ants', 'bees']
const signal = new AbortController().signal

function photosOf(part: 'train' | 'val', every: number): readonly Sample[] {
  return classNames
    .flatMap((name, label) =>
      readdirSync(join(realPhotos, part, name))
        .filter((file) => file.endsWith('.jpg'))
        .sort()
        .map((file) => ({ id: `${name}/${file}`, path: join(realPhotos, part, name, file), label })),
    )
    .filter((_, index) => index % every === 0)
    .map((sample) => ({
      ...sample,
      fingerprint: createHash('sha256').update(readFileSync(sample.path)).digest('hex'),
    }))
}

async function* batchesOf({ preprocessing }: Network, samples: readonly Sample[], size: number) {
  const loader = createImageLoader({ samples, transforms: [], preprocessing, seed, threads: 0 })
  // One of every class in turn, so that every batch has both.
  const order = samples
    .map((_, index) => index)
    .toSorted((a, b) => ((a * 7919) % samples.length) - ((b * 7919) % samples.length))
  for (let first = 0; first < order.length; first += size) {
    const indices = order.slice(first, first + size)
    yield { batch: await loader.load(indices, 0), labels: indices.map((index) => samples[index]?.label as number) }
  }
  await loader.close()
}

/** One epoch, as Train does it: every photo once. */
async function fineTuned({ network, tensors }: LoadedNetwork, samples: readonly Sample[]): Promise<LoadedNetwork> {
  const trainer = await onnxEngine.trainer(network, {
    tensors,
    optimizer: { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 },
    loss: singleLabel.loss,
    seed,
  })
  let step = 0
  for await (const { batch, labels } of batchesOf(network, samples, 8)) {
    const targets = singleLabel.targets(labels, classNames.length, { labelSmoothing: 0 })
    await trainer.step(batch, targets, 0.01, step)
    step += 1
  }
  const weights = await trainer.weights()
  await trainer.dispose()
  return { network, tensors: weights }
}

const withNewHead = (network: Network): Network =>
  addHead(stripHead(network), { classNames, pooling: 'average', hidden: [], dropout: 0.2, seed })

const exported = (id: string, loaded: LoadedNetwork, training: readonly Sample[], comparing: readonly Sample[]) =>
  writeAndCheck({
    ...loaded,
    writer: writers.find((writer) => writer.id === id)!,
    training,
    comparing,
    metadata: {},
    engine: onnxEngine,
    signal,
  })

const noBlobs = (): Promise<never> => Promise.reject(new Error('nothing is stored'))

describe.skipIf(!hasRealData)('MobileNet with a new head, after one epoch on real photos', () => {
  let loaded: LoadedNetwork
  const training = hasRealData ? photosOf('train', 5) : []
  const unseen = hasRealData ? photosOf('val', 3) : []

  beforeAll(async () => {
    const { network, tensors } = await readNetwork(await openModelFiles(realMobilenet))
    const body = freeze(stripHead(network), { frozen: true })
    const headed = withNewHead(body)
    const fresh = await loadTensors(headed, async (_, name) => tensors.get(name) ?? null)
    loaded = await fineTuned({ network: headed, tensors: fresh }, training)
  })

  it.each([
    ['onnx', 1e-5],
    ['onnx-image', 1e-3],
    ['onnx-fp16', 0.02],
    ['tfjs', 1e-4],
    ['safetensors', 1e-6],
    ['keras', 1e-4],
  ])('answers the same as %s, on unseen photos', async (id, most) => {
    const { check } = await exported(id, loaded, training, unseen)
    console.log(`${id}: ${check.images} photos in ${check.runtime}, largest difference ${check.largest.toPrecision(2)}`)
    expect(check.images).toBe(unseen.length)
    expect(check.largest).toBeLessThan(most)
  })

  it('is as accurate in 8 bits, to a point', async () => {
    const all = photosOf('val', 1)
    const { check } = await exported('onnx-int8', loaded, training, all)
    const accuracy = (values: Float32Array): number =>
      singleLabel.evaluate(
        { values, width: 2 },
        all.map(({ label }) => label),
        loaded.network.head!,
      ).values[singleLabel.primary] ?? NaN
    const [before, after] = [accuracy(check.network), accuracy(check.file)]
    console.log(`onnx-int8: ${all.length} photos, accuracy ${before.toFixed(3)} before, ${after.toFixed(3)} after`)
    expect(before).toBeGreaterThan(0.7)
    expect(after).toBeGreaterThanOrEqual(before - 0.01)
  })
})

const python = process.env['GRAFT_PYTHON'] ?? '/usr/bin/python3'
/** With timm: made by `../shared/peers/setup.sh torch DIR` where that is; Debian has none. */
const peers = process.env['GRAFT_TORCH_PYTHON'] ?? python
const environment = { ...process.env, TVSHIM: '1' }
const has = (program: string, modules: string): boolean =>
  existsSync(program) && spawnSync(program, ['-c', `import ${modules}`], { env: environment }).status === 0
const pythons = [
  { name: 'resnet18', id: 'pytorch', program: python, there: has(python, 'torch, torchvision') },
  { name: 'timm/resnet18', id: 'safetensors-pytorch', program: peers, there: has(peers, 'timm, safetensors') },
]
for (const { name, program, there } of pythons)
  if (!there)
    console.log(`skipped: ${program} has not what ${name} needs (torch and torchvision, or timm and safetensors)`)

describe.skipIf(!hasRealData)('ResNet-18 with a new head, after one epoch on real photos', () => {
  const size = 64
  let loaded: LoadedNetwork

  beforeAll(async () => {
    const network = withNewHead(findArchitecture('resnet18').build({ classes: 10, inputSize: size, seed }))
    loaded = await fineTuned({ network, tensors: await loadTensors(network, noBlobs) }, photosOf('train', 6))
  })

  it.each(pythons)(
    'loads strict=True into $name, and answers the same on real photos',
    async ({ name, id, program, there }) => {
      if (!there) return
      const samples = photosOf('val', 10)
      const { bytes, check } = await exported(id, loaded, [], samples)
      const folder = mkdtempSync(join(tmpdir(), 'graft-fine-tuned-'))
      const file = `weights${writers.find((writer) => writer.id === id)?.extension}`
      const loader = createImageLoader({ samples, transforms: [], preprocessing: loaded.network.preprocessing, seed })
      const batch: Batch = await loader.load(
        samples.map((_, index) => index),
        0,
      )
      await loader.close()
      writeFileSync(join(folder, file), bytes)
      writeFileSync(
        join(folder, 'input.bin'),
        new Uint8Array(batch.data.buffer, batch.data.byteOffset, batch.data.byteLength),
      )
      const facts = { name, classes: 2, size, count: samples.length, file }
      writeFileSync(join(folder, 'facts.json'), JSON.stringify(facts))
      const script = fileURLToPath(new URL('state-dicts.py', import.meta.url))
      const { status, stdout, stderr } = spawnSync(program, [script, folder], { encoding: 'utf8', env: environment })
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
      expect(stdout).toContain('All keys matched')
      const theirs = new Float32Array(new Uint8Array(readFileSync(join(folder, 'logits.bin'))).buffer)
      const probabilities = (values: Float32Array): readonly number[] =>
        singleLabel.decode({ values, width: 2 }, loaded.network.head!).flatMap((row) => row.probabilities)
      const ours = probabilities(check.network)
      const differences = probabilities(theirs).map((value, index) => Math.abs(value - (ours[index] ?? NaN)))
      console.log(`${name}: ${samples.length} photos, largest difference ${Math.max(...differences).toExponential(1)}`)
      expect(differences).toHaveLength(samples.length * 2)
      expect(Math.max(...differences)).toBeLessThan(1e-3)
      const scale = Math.max(...theirs.map(Math.abs))
      const apart = theirs.map((value, index) => Math.abs(value - (check.network[index] ?? NaN)) / scale)
      expect(Math.max(...apart)).toBeLessThan(1e-4)
    },
  )
})
