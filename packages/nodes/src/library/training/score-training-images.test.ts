import { selectEngines } from '@graft/engines'
import { loadTensors, readTensorsFrom, splitFrozenPrefix } from '@graft/network'
import type { Network, Tensors } from '@graft/network'
import type { DatasetValue } from '@graft/graph-schema'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { NodeContext } from '../../sdk/node-context.js'
import { readSamples, withSamples } from '../../sdk/samples.js'
import type { ModelValue } from '../../sdk/values.js'
import { sampleData } from '../data/sample-data.js'
import { createTestContext } from '../../testing/test-context.js'
import { addHead } from '../model/add-head.js'
import { freezeRange } from '../model/freeze-range.js'
import { loadBackbone } from '../model/load-backbone.js'
import { stripHead } from '../model/strip-head.js'
import { scoreTrainingImages } from './score-training-images.js'
import { train } from './train.js'

const counts = [6, 3, 1]
let context: NodeContext
let dataset: DatasetValue
let network: Network

beforeAll(async () => {
  const { notes: _, ...engines } = await selectEngines('auto')
  // Fields of the test context that may not be looked at are getters, so that they are replaced, not copied.
  context = Object.defineProperty(
    createTestContext({ cacheDirectory: mkdtempSync(join(tmpdir(), 'graft-score-')) }),
    'engines',
    { value: engines },
  )
  const { images } = (await sampleData.run({ params: sampleData.params.parse({}), inputs: {}, context })) as {
    images: DatasetValue
  }
  const samples = await readSamples(images, context.store)
  const chosen = counts.flatMap((count, label) => samples.filter((sample) => sample.label === label).slice(0, count))
  dataset = await withSamples(
    { ...images, split: 'train', classNames: images.classNames.slice(0, counts.length) },
    chosen,
    context.store,
  )
  const run = async (
    node: typeof addHead | typeof stripHead | typeof freezeRange | typeof loadBackbone,
    inputs: Record<string, unknown>,
    params = {},
  ): Promise<ModelValue> =>
    (
      (await (node as typeof addHead).run({
        params: node.params.parse(params) as never,
        inputs: inputs as never,
        context,
      })) as {
        model: ModelValue
      }
    ).model
  const headed = await run(addHead, {
    model: await run(stripHead, { model: await run(loadBackbone, {}) }),
    images: dataset,
  })
  network = (await run(freezeRange, { model: headed })).network
}, 300_000)

/** The network's tensors with a last layer that gives class `always` whatever it sees. */
async function biased(always: number): Promise<Tensors> {
  const tensors = await loadTensors(
    network,
    readTensorsFrom((sha256) => context.store.get(sha256)),
  )
  const { weight = '', bias = '' } = network.layers.at(-1)?.parameters ?? {}
  tensors.get(weight)?.data.fill(0)
  tensors
    .get(bias)
    ?.data.fill(0)
    .fill(1, always, always + 1)
  return tensors
}

describe('the score on the training images', () => {
  it.each([0, 1, 2])('is what a network that always says class %i deserves', async (always) => {
    const score = await scoreTrainingImages(network, await biased(always), dataset, context)
    const share = (counts[always] ?? 0) / 10
    expect(score.values['accuracy']).toBeCloseTo(share, 10)
    expect(score.values['balancedAccuracy']).toBeCloseTo(1 / 3, 10)
    expect(score.values['macroF1']).toBeCloseTo((2 * share) / (share + 1) / 3, 10)
  })

  it('does not depend on what is kept in memory or on disk', async () => {
    const tensors = await loadTensors(
      network,
      readTensorsFrom((sha256) => context.store.get(sha256)),
    )
    const first = await scoreTrainingImages(network, tensors, dataset, context)
    const cramped = Object.create(context, { memoryBytes: { value: 4096 } }) as NodeContext
    expect(await scoreTrainingImages(network, tensors, dataset, cramped)).toEqual(first)
    expect(splitFrozenPrefix(network).prefix).not.toBeNull()
  })

  it('is what Train gives without validation images, and says so by its split', async () => {
    const { model, metrics } = await train.run({
      params: train.params.parse({ epochs: 2, batchSize: 4 }),
      inputs: { model: { kind: 'model', network }, train: dataset },
      context,
    })
    expect(metrics).toMatchObject({ kind: 'metrics', split: 'train', count: 10 })
    const trained = (model as ModelValue).network
    const score = await scoreTrainingImages(
      trained,
      await loadTensors(
        trained,
        readTensorsFrom((sha256) => context.store.get(sha256)),
      ),
      dataset,
      context,
    )
    expect(metrics).toMatchObject({
      task: 'single-label',
      primary: 'accuracy',
      values: score.values,
    })
  })

  it('stops when the run is cancelled', async () => {
    const cancelled = Object.create(context, { signal: { value: AbortSignal.abort() } }) as NodeContext
    await expect(scoreTrainingImages(network, await biased(0), dataset, cancelled)).rejects.toMatchObject({
      name: 'AbortError',
    })
  })
})
