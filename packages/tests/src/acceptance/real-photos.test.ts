import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, describe, expect, it } from 'vitest'
import { createImageLoader } from '@graft/nodes'
import { decodeOnnxModel, type Preprocessing } from '@graft/network'
import { accuracyOf, eventsOf, hasRealData, mobilenet, nodesThatRan, photos, Workplace } from './run-graft.js'
import { trainingDetail } from './stored.js'

const workplace = new Workplace()
afterAll(() => workplace.remove())

const onPhotos = ['--set', `images.path=${photos}`, '--set', `backbone.source=${mobilenet}`]

describe.skipIf(!hasRealData())('real photos and real ImageNet weights', () => {
  it('reaches 0.92 on the validation photos with the backbone fully frozen, in under 1.5 GB, and names the file that is no photo', async () => {
    const run = await workplace.run('photos', ...onPhotos)
    expect(run.code).toBe(0)
    expect(accuracyOf(run, 'train')).toBeGreaterThanOrEqual(0.92)
    expect(accuracyOf(run, 'evaluate')).toBeGreaterThanOrEqual(0.92)
    expect(run.peakMegabytes).toBeLessThan(1500)
    const warnings = eventsOf(run, 'log')
      .filter((event) => event.level === 'warning')
      .map((event) => event.message)
    expect(warnings.join('\n')).toContain('imageNotFound.gif')
    expect((await trainingDetail(workplace, run)).freezeProof.every((entry) => entry.identical)).toBe(true)
  })

  it('re-runs only Train and what follows when the head is trained by gradient descent instead', async () => {
    const run = await workplace.run('photos', ...onPhotos, '--set', 'train.method=descent')
    expect(accuracyOf(run, 'evaluate')).toBeGreaterThanOrEqual(0.92)
    expect(nodesThatRan(run).toSorted()).toEqual(['evaluate', 'export', 'report', 'train'])
  })

  it('reaches 0.92 again with a second phase that unfreezes the last stage at a lower rate', async () => {
    const run = await workplace.run('photos-two-phase', ...onPhotos)
    expect(run.code).toBe(0)
    expect(accuracyOf(run, 'finetune')).toBeGreaterThanOrEqual(0.92)
    expect(run.peakMegabytes).toBeLessThan(1500)
    const { freezeProof } = await trainingDetail(workplace, run, 'finetune')
    expect(freezeProof.filter((entry) => entry.statistic).length).toBeGreaterThan(40)
    expect(freezeProof.every((entry) => entry.identical)).toBe(true)
  })

  it("exports a model that gives, in plain onnxruntime, the Predict node's probabilities", async () => {
    const folder = join(photos, 'val')
    const run = await workplace.run(writeWithPredict(folder), ...onPhotos)
    expect(run.code).toBe(0)
    const predicted = JSON.parse(readFileSync(join(run.out, 'predictions.json'), 'utf8')) as {
      predictions: { file: string; probabilities: number[] }[]
    }
    expect(predicted.predictions.length).toBe(153)
    const session = await InferenceSession.create(join(run.out, 'model.onnx'))
    const preprocessing = preprocessingOf(readFileSync(join(run.out, 'model.onnx')))
    let worst = 0
    for (const { file, probabilities } of predicted.predictions.slice(0, 20)) {
      const input = await prepare(join(folder, file), preprocessing)
      const result = await session.run({ [session.inputNames[0] as string]: input })
      const actual = result.probabilities?.data as Float32Array
      worst = Math.max(worst, ...probabilities.map((value, index) => Math.abs(value - (actual[index] as number))))
    }
    expect(worst).toBeLessThan(1e-5)
  })
})

/** The photos template with a Predict node behind Train; returns the path of the graph file. */
function writeWithPredict(folder: string): string {
  const template = JSON.parse(
    readFileSync(new URL('../../../nodes/templates/photos.graft.json', import.meta.url), 'utf8'),
  ) as { nodes: Record<string, unknown>; edges: unknown[] }
  const graph = {
    ...template,
    nodes: { ...template.nodes, predict: { type: 'predict', version: 1, params: { path: folder } } },
    edges: [...template.edges, { from: { node: 'train', port: 'model' }, to: { node: 'predict', port: 'model' } }],
  }
  const path = join(workplace.directory, 'predict.graft.json')
  writeFileSync(path, JSON.stringify(graph))
  return path
}

/** The preprocessing contract in the exported file's metadata. */
function preprocessingOf(model: Buffer): Preprocessing {
  return JSON.parse(decodeOnnxModel(new Uint8Array(model)).metadata['graft.preprocessing'] as string) as Preprocessing
}

/** A photo as the network wants it. */
async function prepare(path: string, preprocessing: Preprocessing): Promise<Tensor> {
  const loader = createImageLoader({
    samples: [{ id: path, path, label: 0, fingerprint: path }],
    transforms: [],
    preprocessing,
    seed: 0,
    threads: 0,
  })
  const batch = await loader.load([0], 0)
  await loader.close()
  return new Tensor('float32', batch.data, [...batch.shape])
}
