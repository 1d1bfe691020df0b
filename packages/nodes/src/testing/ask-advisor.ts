import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onnxEngine } from '@graft/engines'
import { type AdviceValue, adviceValueSchema, type DatasetValue, type Sample } from '@graft/graph-schema'
import { readSamples, withSamples } from '../sdk/samples.js'
import type { ModelValue } from '../sdk/values.js'
import { createTestContext, type TestContext } from './test-context.js'
import { sampleData } from '../library/data/sample-data.js'
import { loadBackbone } from '../library/model/load-backbone.js'
import { scenarioAdvisor } from '../library/advice/scenario-advisor.js'

/** For tests: generated images, the embedded network, and an advisor that keeps features until it is closed. */
export interface Advisor {
  /** The first images of the first classes. */
  few(classes: number, perClass: number): readonly Sample[]
  ask(samples: readonly Sample[], classes: number): Promise<AdviceValue>
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
  const own = Object.create(context, {
    engines: { value: { forward: onnxEngine, training: onnxEngine } },
    cacheDirectory: { value: directory },
  }) as TestContext
  return {
    few: (classes, perClass) =>
      Array.from({ length: classes }, (_, label) => samples.filter((sample) => sample.label === label)).flatMap(
        (part) => part.slice(0, perClass),
      ),
    ask: async (chosen, classes) => {
      const classNames = Array.from({ length: classes }, (_, index) => `class ${index}`)
      const images = await withSamples({ ...all, classNames }, chosen, context.store)
      const params = scenarioAdvisor.params.parse({})
      const { advice } = await scenarioAdvisor.run({ params, inputs: { images, models: [model] }, context: own })
      return adviceValueSchema.parse(JSON.parse(JSON.stringify(advice)))
    },
    close: () => rmSync(directory, { recursive: true, force: true }),
  }
}
