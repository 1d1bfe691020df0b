import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onnxEngine } from '@graft/engines'
import { adviceValueSchema, applyAdvice, type AdviceValue, type DatasetValue, type Sample } from '@graft/graph-schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSamples, withSamples } from '../../sdk/samples.js'
import type { ModelValue } from '../../sdk/values.js'
import { describeNode } from '../../testing/describe-node.js'
import { createTestContext, type TestContext } from '../../testing/test-context.js'
import { sampleData } from '../data/sample-data.js'
import { loadBackbone } from '../model/load-backbone.js'
import { scenarioAdvisor } from './scenario-advisor.js'

describeNode(scenarioAdvisor)

const context = createTestContext()
const directory = mkdtempSync(join(tmpdir(), 'graft-advisor-'))
afterAll(() => rmSync(directory, { recursive: true }))
let model: ModelValue
let all: DatasetValue
let samples: readonly Sample[]

beforeAll(async () => {
  const given = await sampleData.run({ params: sampleData.params.parse({}), inputs: {}, context })
  all = given.images
  samples = (await readSamples(all, context.store)).filter(({ split }) => split === 'train')
  model = (await loadBackbone.run({ params: loadBackbone.params.parse({}), inputs: {}, context } as never)).model
})

/** The first images of the first classes. */
const few = (classes: number, perClass: number): readonly Sample[] =>
  Array.from({ length: classes }, (_, label) => samples.filter((sample) => sample.label === label)).flatMap((part) =>
    part.slice(0, perClass),
  )

async function ask(
  chosen: readonly Sample[],
  classNames: readonly string[],
  params: Readonly<Record<string, unknown>> = {},
): Promise<AdviceValue> {
  const images = await withSamples({ ...all, classNames }, chosen, context.store)
  const own = Object.create(createTestContext(), {
    engines: { value: { forward: onnxEngine, training: onnxEngine } },
    store: { value: context.store },
    cacheDirectory: { value: directory },
  }) as TestContext
  const inputs = { images, models: [model] }
  const { advice } = await scenarioAdvisor.run({ params: scenarioAdvisor.params.parse(params), inputs, context: own })
  return adviceValueSchema.parse(JSON.parse(JSON.stringify(advice)))
}

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `class ${index}`)

describe('Scenario Advisor', () => {
  it('measures every cut, recommends a candidate that it measured, and gives every number an interval', async () => {
    const advice = await ask(few(3, 8), names(3))
    expect(advice.profiles[0]?.cuts.map(({ stage }) => stage)).toEqual([
      'stem',
      'stage1',
      'stage2',
      'stage3',
      'stage4',
      'stage5',
    ])
    const chosen = advice.candidates.find(({ id }) => id === advice.recommendation.candidate)
    expect(chosen).toMatchObject({ status: 'measured', recipe: 'probe' })
    const { value, low, high } = chosen?.accuracy ?? { value: 0, low: 0, high: 0 }
    expect([low < value || value === 0, value < high || value === 1, high - low > 0.1]).toEqual([true, true, true])
    expect(advice.curve?.promise?.pictures).toBe(48)
    expect(advice.textbook).not.toBeNull()
    expect(Object.keys(applyAdvice({ ...advice, data: { ...advice.data, folder: '/photos' } }, null).nodes)).toContain(
      'train',
    )
  })

  it('puts no image through the network twice: ten more cost ten', async () => {
    await ask(few(2, 5), names(2))
    const [network] = (await ask(few(2, 10), names(2))).networks
    expect(network).toMatchObject({ computed: 4, cached: 16 })
  })
})
