import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onnxEngine } from '@graft/engines'
import type { DatasetValue } from '@graft/graph-schema'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSamples, withSamples } from '../../sdk/samples.js'
import type { ModelValue } from '../../sdk/values.js'
import { createTestContext, type TestContext } from '../../testing/test-context.js'
import { sampleData } from '../data/sample-data.js'
import { addHead } from '../model/add-head.js'
import { freezeRange } from '../model/freeze-range.js'
import { loadBackbone } from '../model/load-backbone.js'
import { stripHead } from '../model/strip-head.js'
import { findLearningRate } from './find-learning-rate.js'

const context = createTestContext()
const directory = mkdtempSync(join(tmpdir(), 'graft-find-rate-'))
afterAll(() => rmSync(directory, { recursive: true }))
let model: ModelValue
let images: DatasetValue

beforeAll(async () => {
  const all = (await sampleData.run({ params: sampleData.params.parse({}), inputs: {}, context }))
    .images as DatasetValue
  const samples = await readSamples(all, context.store)
  const few = [0, 1, 2].flatMap((label) => samples.filter((sample) => sample.label === label).slice(0, 8))
  images = await withSamples({ ...all, split: 'train', classNames: all.classNames.slice(0, 3) }, few, context.store)
  const run = async (node: unknown, inputs: Record<string, unknown>): Promise<ModelValue> => {
    const { params, run: work } = node as typeof addHead
    return (await work({ params: params.parse({}), inputs, context } as never)).model as ModelValue
  }
  const stripped = await run(stripHead, { model: await run(loadBackbone, {}) })
  model = await run(freezeRange, { model: await run(addHead, { model: stripped, images }) })
})

async function find(
  params: Record<string, unknown>,
): Promise<{ readonly rate: number; readonly events: TestContext['events'] }> {
  const own = createTestContext()
  const withEngine = Object.create(own, {
    engines: { value: { forward: onnxEngine, training: onnxEngine } },
    store: { value: context.store },
    cacheDirectory: { value: directory },
  }) as TestContext
  const { rate } = await findLearningRate.run({
    params: findLearningRate.params.parse({ batchSize: 8, steps: 60, ...params }),
    inputs: { model, train: images },
    context: withEngine,
  })
  return { rate: rate as number, events: own.events }
}

describe('Find Learning Rate', () => {
  it('suggests a rate between its ends, the same again, and shows the curve', async () => {
    const { rate, events } = await find({})
    expect(rate).toBeGreaterThan(1e-6)
    expect(rate).toBeLessThan(1)
    expect((await find({})).rate).toBe(rate)
    const preview = events.find(({ type }) => type === 'preview') as { title: string; blob: { sha256: string } }
    expect(preview.title).toContain(`suggested ${rate}`)
    const { width, height, format } = await sharp(await context.store.get(preview.blob.sha256)).metadata()
    expect([width, height, format]).toEqual([480, 240, 'png'])
  })

  it('says so in place of guessing where the loss never falls', async () => {
    await expect(find({ from: 5, to: 100, steps: 30 })).rejects.toThrow(/no rate can be suggested/)
  })

  it('refuses a range without width', () => {
    const problems = findLearningRate.validate?.(findLearningRate.params.parse({ from: 1, to: 0.1 })) ?? []
    expect(problems).toEqual([expect.objectContaining({ field: 'to', severity: 'error' })])
  })
})
