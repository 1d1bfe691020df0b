import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Engine, onnxEngine } from '@graft/engines'
import { type AdviceValue, adviceValueSchema, type DatasetValue, type Sample } from '@graft/graph-schema'
import { readSamples, withSamples } from '../sdk/samples.js'
import type { NodeContext } from '../sdk/node-context.js'
import type { ModelValue } from '../sdk/values.js'
import { createTestContext, type TestContext } from './test-context.js'
import { sampleData } from '../library/data/sample-data.js'
import { loadBackbone } from '../library/model/load-backbone.js'
import { scenarioAdvisor } from '../library/advice/scenario-advisor.js'

export interface AskAround {
  readonly models?: readonly ModelValue[]
  readonly params?: Readonly<Record<string, unknown>>
}

/** For tests: generated images, the embedded network, and an advisor that keeps features until it is closed. */
export interface Advisor {
  /** The first images of the first classes. */
  few(classes: number, perClass: number): readonly Sample[]
  /** The network alone, unless others are named. */
  ask(samples: readonly Sample[], classes: number, around?: AskAround): Promise<AdviceValue>
  readonly model: ModelValue
  readonly context: NodeContext
  /** Shares of the work that were done, as they were shown since this was last asked. */
  progress(): readonly number[]
  /** Images that went through some network since this was last asked. */
  passes(): number
  close(): void
}

export async function openAdvisor(): Promise<Advisor> {
  const context = createTestContext()
  const directory = mkdtempSync(join(tmpdir(), 'graft-advisor-'))
  const { images: all } = (await sampleData.run({ params: sampleData.params.parse({}), inputs: {}, context })) as {
    readonly images: DatasetValue
  }
  const samples = (await readSamples(all, context.store)).filter(({ split }) => split === 'train')
  const { model } = (await loadBackbone.run({
    params: loadBackbone.params.parse({}),
    inputs: {},
    context,
  })) as { readonly model: ModelValue }
  const { engine, passes } = countingEngine()
  const own = Object.create(context, {
    engines: { value: { forward: engine, training: engine } },
    cacheDirectory: { value: directory },
  }) as TestContext
  return {
    few: (classes, perClass) =>
      Array.from({ length: classes }, (_, label) => samples.filter((sample) => sample.label === label)).flatMap(
        (part) => part.slice(0, perClass),
      ),
    ...{ model, passes, context: own },
    progress: () =>
      context.events.splice(0).flatMap((event) => (event.type === 'node-progress' ? [event.done / event.total] : [])),
    ask: async (chosen, classes, { models = [model], params: given = {} } = {}) => {
      const classNames = Array.from({ length: classes }, (_, index) => `class ${index}`)
      const images = await withSamples({ ...all, classNames }, chosen, context.store)
      const params = scenarioAdvisor.params.parse(given)
      const { advice } = await scenarioAdvisor.run({ params, inputs: { images, models: [...models] }, context: own })
      return adviceValueSchema.parse(JSON.parse(JSON.stringify(advice)))
    },
    close: () => rmSync(directory, { recursive: true, force: true }),
  }
}

/** An engine that counts the images that go through networks; features and heads have another shape. */
function countingEngine(): { readonly engine: Engine; readonly passes: () => number } {
  let count = 0
  const forward: Engine['forward'] = async (...call) => {
    const opened = await onnxEngine.forward(...call)
    return Object.create(opened, {
      run: {
        value: (images: Parameters<typeof opened.run>[0], ...rest: []) => {
          if (images.shape.length === 4 && images.shape.at(-1) !== 1) count += images.shape[0] ?? 0
          return opened.run(images, ...rest)
        },
      },
    }) as typeof opened
  }
  return {
    engine: Object.create(onnxEngine, { forward: { value: forward } }) as Engine,
    passes: () => {
      const now = count
      count = 0
      return now
    },
  }
}
