import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MetricsValue, Sample } from '@graft/graph-schema'
import { decodeOnnxModel, readNetwork, stripHead } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { onnxEngine } from '@graft/engines'
import { createImageLoader } from '@graft/nodes'
import { InferenceSession } from 'onnxruntime-node'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  eventsOf,
  type GraftRun,
  hasRealData,
  mobilenet,
  nodesThatRan,
  outputOf,
  realData,
  Workplace,
} from './run-graft.js'

const workplace = new Workplace()
afterAll(() => workplace.remove())

const flowers = ['daisy', 'dandelion', 'rose', 'sunflower', 'tulip']
const classes = ['ants', 'bees', ...flowers]
/** Images of two joined photos in each part. */
const counts = { train: 240, val: 80, test: 160 } as const
type Part = keyof typeof counts
const parts = Object.keys(counts) as Part[]
const side = 256

interface Joined {
  readonly file: string
  readonly labels: readonly string[]
  readonly split: Part
}

/** Photos of a class that only this part may use. */
function photosOf(name: string, part: Part): string[] {
  const folder = flowers.includes(name)
    ? join(realData, 'panel/flowers', name)
    : join(realData, 'hymenoptera/train', name)
  const all = readdirSync(folder)
    .filter((file) => /\.jpe?g$/i.test(file))
    .toSorted()
    .map((file) => join(folder, file))
  return all.filter((_, index) => parts[index % 4 === 3 ? 2 : index % 4 === 2 ? 1 : 0] === part)
}

/** Two photos side by side in one image, which makes two labels; one photo in both halves makes one. */
async function joinPhotos(folder: string): Promise<readonly Joined[]> {
  mkdirSync(folder, { recursive: true })
  let state = 12_345
  const below = (limit: number): number => (state = (state * 48_271) % 2_147_483_647) % limit
  const made: Joined[] = []
  for (const split of parts)
    for (let index = 0; index < counts[split]; index++) {
      const pair = [below(classes.length), below(classes.length)].map((at) => classes[at]!)
      const halves = await Promise.all(
        pair.map((name) => {
          const choices = photosOf(name, split)
          return sharp(choices[below(choices.length)])
            .resize(side / 2, side, { fit: 'cover' })
            .removeAlpha()
            .toBuffer()
        }),
      )
      const file = `${split}-${index}.jpg`
      await sharp({ create: { width: side, height: side, channels: 3, background: 'black' } })
        .composite(halves.map((input, at) => ({ input, left: (at * side) / 2, top: 0 })))
        .jpeg({ quality: 92 })
        .toFile(join(folder, file))
      made.push({ file, labels: [...new Set(pair)].toSorted(), split })
    }
  const rows = made.map(({ file, labels, split }) => `${file},${labels.join('|')},${split}`)
  writeFileSync(join(folder, 'labels.csv'), ['file,labels,split', ...rows, 'gone.jpg,ants,train'].join('\n'))
  return made
}

/** The photos template with a table of labels, and Predict on the test images. */
function writeGraph(folder: string): string {
  const template = JSON.parse(
    readFileSync(new URL('../../../nodes/templates/photos.graft.json', import.meta.url), 'utf8'),
  ) as { nodes: Record<string, { params: object }>; edges: unknown[] }
  const table = { type: 'image-table', version: 1, params: { path: join(folder, 'labels.csv'), splitColumn: 'split' } }
  const graph = {
    ...template,
    nodes: {
      ...template.nodes,
      images: table,
      train: {
        ...template.nodes['train'],
        params: { epochs: 30, learningRate: 0.005, monitor: 'meanAveragePrecision' },
      },
      predict: { type: 'predict', version: 1, params: { path: folder, top: 7 } },
    },
    edges: [...template.edges, { from: { node: 'train', port: 'model' }, to: { node: 'predict', port: 'model' } }],
  }
  const path = join(workplace.directory, 'several.graft.json')
  writeFileSync(path, JSON.stringify(graph))
  return path
}

const meanPrecision = (run: GraftRun, node: string): number =>
  (outputOf(run, node, 'metrics') as MetricsValue).values['meanAveragePrecision'] ?? Number.NaN

/** Features of the frozen backbone, pooled: what both sides train their head on. */
async function writeFeatures(folder: string, images: readonly Joined[], path: string): Promise<number> {
  const loaded = await readNetwork(await openModelFiles(mobilenet))
  const network = stripHead(loaded.network)
  const { tensors } = loaded
  const samples: Sample[] = images.map(({ file }) => ({
    id: file,
    path: join(folder, file),
    label: -1,
    fingerprint: file,
  }))
  const source = createImageLoader({
    samples,
    transforms: [],
    preprocessing: network.preprocessing,
    seed: 0,
    threads: 0,
  })
  const forward = await onnxEngine.forward(network, { tensors })
  const rows: number[] = []
  let width = 0
  for (let start = 0; start < samples.length; start += 16) {
    const indices = samples.slice(start, start + 16).map((_, offset) => start + offset)
    const map = (await forward.run(await source.load(indices, 0)))[network.output]!
    const [count = 0, channels = 0, height = 1, across = 1] = map.shape
    width = channels
    for (let index = 0; index < count * channels; index++) {
      const from = index * height * across
      rows.push(map.data.slice(from, from + height * across).reduce((sum, value) => sum + value, 0) / (height * across))
    }
  }
  await forward.dispose()
  await source.close()
  writeFileSync(path, Float32Array.from(rows))
  return width
}

const python = process.env['GRAFT_PYTHON'] ?? '/usr/bin/python3'
const hasTorch = spawnSync(python, ['-c', 'import torch']).status === 0
if (!hasTorch) console.log(`skipped: ${python} has no torch to compare multi-label training with`)

describe.skipIf(!hasRealData())('two photos in one image', () => {
  const folder = join(workplace.directory, 'joined')
  let images: readonly Joined[] = []
  let graph = ''
  let run: GraftRun
  beforeAll(async () => {
    images = await joinPhotos(folder)
    graph = writeGraph(folder)
    run = await workplace.run(graph, '--set', `backbone.source=${mobilenet}`)
  }, 300_000)

  it('are told apart by several classes, with the missing file named', () => {
    expect(run.stderr).toBe('')
    expect(run.code).toBe(0)
    expect(meanPrecision(run, 'evaluate')).toBeGreaterThan(0.6)
    const warnings = eventsOf(run, 'log').map(({ message }) => message)
    expect(warnings.join('\n')).toContain('there is no such file: gone.jpg')
    expect(readFileSync(join(run.out, 'report.html'), 'utf8')).toContain('mean average precision')
  })

  it('come from the cache the second time', async () => {
    expect(nodesThatRan(await workplace.run(graph, '--set', `backbone.source=${mobilenet}`))).toEqual([])
  })

  it('are exported with sigmoid outputs, thresholds and task, which plain onnxruntime answers like Predict', async () => {
    const bytes = readFileSync(join(run.out, 'model.onnx'))
    const { metadata } = decodeOnnxModel(new Uint8Array(bytes))
    const thresholds = JSON.parse(metadata['graft.thresholds'] ?? '[]') as number[]
    expect(metadata['graft.task']).toBe('multi-label')
    expect(thresholds).toHaveLength(classes.length)
    const table = JSON.parse(readFileSync(join(run.out, 'predictions.json'), 'utf8')) as {
      classNames: string[]
      predictions: { file: string; probabilities: number[]; chosen: number[] }[]
    }
    const loaded = await readNetwork(await openModelFiles(join(run.out, 'model.onnx')))
    expect(loaded.network.head).toEqual({ task: 'multi-label', names: table.classNames, thresholds })
    const session = await InferenceSession.create(join(run.out, 'model.onnx'))
    const { Tensor } = await import('onnxruntime-node')
    for (const { file, probabilities, chosen } of table.predictions.slice(0, 10)) {
      const source = createImageLoader({
        samples: [{ id: file, path: join(folder, file), label: -1, fingerprint: file }],
        transforms: [],
        preprocessing: loaded.network.preprocessing,
        seed: 0,
        threads: 0,
      })
      const { data, shape } = await source.load([0], 0)
      await source.close()
      const result = await session.run({ [session.inputNames[0] as string]: new Tensor('float32', data, [...shape]) })
      const actual = Array.from(result['probabilities']?.data as Float32Array)
      probabilities.forEach((value, index) => expect(Math.abs(value - actual[index]!)).toBeLessThan(1e-4))
      expect(chosen.toSorted()).toEqual(
        probabilities.flatMap((value, index) => (value >= thresholds[index]! ? [index] : [])),
      )
    }
    expect(readFileSync(join(run.out, 'predictions.csv'), 'utf8').split('\r\n')[0]).toMatch(/^file,classes,class_1/)
  })

  it.skipIf(!hasTorch)(
    'are ranked at least as well as by a plain PyTorch script on the same features',
    { timeout: 300_000 },
    async () => {
      const path = join(workplace.directory, 'features.f32')
      const width = await writeFeatures(folder, images, path)
      const truth = images.map(({ labels }) => classes.map((name) => (labels.includes(name) ? 1 : 0)))
      const job = {
        features: path,
        width,
        truth,
        splits: images.map(({ split }) => split),
        epochs: 30,
        rate: 0.005,
        seeds: 3,
      }
      const script = fileURLToPath(new URL('../../bench/multi-label.py', import.meta.url))
      const { stdout, stderr, status } = spawnSync(python, [script], { input: JSON.stringify(job), encoding: 'utf8' })
      expect(status, stderr).toBe(0)
      const theirs = (JSON.parse(stdout) as { test: number[] }).test
      const mean = theirs.reduce((sum, value) => sum + value, 0) / theirs.length
      const ours = meanPrecision(run, 'evaluate')
      console.log(
        `mean average precision on ${counts.test} test images: Graft ${ours.toFixed(4)}, PyTorch ${theirs.map((value) => value.toFixed(4)).join(', ')} (mean ${mean.toFixed(4)})`,
      )
      expect(ours).toBeGreaterThan(mean - 0.005)
    },
  )
})
