import { onnxEngine } from '@graft/engines'
import { createTakingEngine } from '@graft/engines/testing'
import type { DatasetValue, MetricsValue } from '@graft/graph-schema'
import { beforeAll, describe, expect, it } from 'vitest'
import type { NodeCheckpoints, NodeContext } from '../../sdk/node-context.js'
import { readSamples, withSamples } from '../../sdk/samples.js'
import type { ModelValue, TrainingDetail } from '../../sdk/values.js'
import { createTestContext, type TestContext } from '../../testing/test-context.js'
import { sampleData } from '../data/sample-data.js'
import { addHead } from '../model/add-head.js'
import { freezeRange } from '../model/freeze-range.js'
import { loadBackbone } from '../model/load-backbone.js'
import { stripHead } from '../model/strip-head.js'
import { train } from './train.js'

const made = createTestContext()
let model: ModelValue
let images: DatasetValue

beforeAll(async () => {
  const all = (await sampleData.run({ params: sampleData.params.parse({}), inputs: {}, context: made }))
    .images as DatasetValue
  const samples = await readSamples(all, made.store)
  const few = [0, 1, 2].flatMap((label) => samples.filter((sample) => sample.label === label).slice(0, 4))
  images = await withSamples({ ...all, split: 'train', classNames: all.classNames.slice(0, 3) }, few, made.store)
  const run = async (node: unknown, inputs: Record<string, unknown>): Promise<ModelValue> => {
    const { params, run: work } = node as typeof addHead
    return (await work({ params: params.parse({}), inputs, context: made } as never)).model as ModelValue
  }
  const stripped = await run(stripHead, { model: await run(loadBackbone, {}) })
  model = await run(freezeRange, { model: await run(addHead, { model: stripped, images }) })
})

/** Train, unchanged, with an engine that takes no steps. */
async function trainWith(
  changes: Partial<Pick<NodeContext, 'signal' | 'checkpoints'>> = {},
): Promise<{ readonly context: TestContext; readonly detail: TrainingDetail; readonly jobs: number }> {
  const taking = createTakingEngine(onnxEngine)
  const context: TestContext = Object.create(createTestContext(), {
    engines: { value: { forward: onnxEngine, training: taking } },
    store: { value: made.store },
    ...Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, { value }])),
  }) as TestContext
  const params = train.params.parse({ epochs: 3, batchSize: 4 })
  const outputs = await train.run({ params, inputs: { model, train: images, validation: images }, context })
  const { detail } = outputs.metrics as MetricsValue
  const bytes = await made.store.get((detail as { sha256: string }).sha256)
  const read = JSON.parse(new TextDecoder().decode(bytes)) as TrainingDetail
  return { context, detail: read, jobs: taking.jobs.length }
}

describe('Train with an engine that takes over the whole training', () => {
  it('shows its events and curves, names it, and proves that what is frozen stayed as it was', async () => {
    const { context, detail, jobs } = await trainWith()
    expect(jobs).toBe(1)
    expect(detail.engine).toBe('taking')
    const kinds = new Set(context.events.map(({ type }) => type))
    expect([...kinds]).toEqual(expect.arrayContaining(['metric', 'node-progress']))
    const losses = detail.curves.filter(({ name, split }) => name === 'loss' && split === 'train')
    expect(losses).toHaveLength(3)
    expect(losses.at(-1)?.value).toBeLessThan(losses[0]?.value ?? 0)
    expect(detail.freezeProof.length).toBeGreaterThan(20)
    expect(detail.freezeProof.every(({ identical }) => identical)).toBe(true)
  })

  it('stops when the run is cancelled, and goes on from its checkpoint to the same weights', async () => {
    const whole = await trainWith()
    const controller = new AbortController()
    let kept: Uint8Array | null = null
    const checkpoints: NodeCheckpoints = {
      load: async () => kept,
      isDue: () => true,
      save: async (bytes) => {
        kept = bytes
        controller.abort()
      },
    }
    await expect(trainWith({ checkpoints, signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' })
    expect(kept).not.toBeNull()
    const resumed = await trainWith({ checkpoints })
    expect(resumed.context.messages('info').some((message) => message.includes('Going on from a checkpoint'))).toBe(
      true,
    )
    expect(resumed.detail.weightsHash).toBe(whole.detail.weightsHash)
  })
})
