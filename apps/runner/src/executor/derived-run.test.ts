import { metricsDetailSchema } from '@graft/graph-schema'
import type { MetricsValue } from '@graft/graph-schema'
import { defineNode, library, NodeError } from '@graft/nodes'
import type { NodeDefinition } from '@graft/nodes'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { freshOnly } from '../cache/result-cache.js'
import { graphOf, runStubGraph, stubOptions } from '../testing/run-stub-graph.js'
import { stubLibrary } from '../testing/stub-nodes.js'

/** What the stubs did, in order. */
let done: string[] = []
/** The run is stopped when this is done. */
let stopAt = ''
let stop = new AbortController()
beforeEach(() => {
  done = []
  stopAt = ''
  stop = new AbortController()
})
function note(text: string): void {
  if (text === stopAt) stop.abort()
  stop.signal.throwIfAborted()
  done.push(text)
}

const number = { kind: 'number', title: '', description: '' } as const
const metrics = { kind: 'metrics', title: '', description: '' } as const
const folding = { folds: z.int().default(0), fold: z.int().default(1), seed: z.int().default(0) }

/** Stands for Split: its output tells fold and seed. */
const split = defineNode({
  ...{ type: 'split', version: 1, title: 'Split', category: 'Data', doc: 'Draws.' },
  inputs: { value: number },
  outputs: { value: number },
  params: z.strictObject(folding),
  run: async ({ params: { fold, seed } }) => {
    note(`draw ${fold}+${seed}`)
    return { value: fold + 10 * seed }
  },
})

/** Stands for training and evaluation: a score that depends on fold and seed. */
const score = defineNode({
  ...{ type: 'score', version: 1, title: 'Score', category: 'Evaluation', doc: 'Scores.' },
  inputs: { value: number },
  outputs: { metrics },
  params: z.strictObject({ seed: z.int().default(0), fails: z.int().default(0) }),
  run: async ({ params, inputs, context }) => {
    note(`score ${inputs.value}+${params.seed}`)
    if (params.fails > 0 && inputs.value === params.fails) throw new NodeError('fails', 'It broke.', 'Mend it.')
    const metric = { name: 'accuracy', title: 'Accuracy', better: 'higher', format: 'percent' } as const
    const values = { accuracy: 0.5 + inputs.value / 100 + params.seed / 1000 }
    const value: MetricsValue = {
      ...{
        kind: 'metrics',
        task: 'single-label',
        split: 'test',
        count: 4,
        primary: 'accuracy',
        values,
        metrics: [metric],
      },
      detail: await context.store.put(new TextEncoder().encode(JSON.stringify(values)), 'application/json'),
    }
    return { metrics: value }
  },
})

const all: readonly NodeDefinition[] = [
  ...stubLibrary,
  split,
  score,
  ...library.filter(({ type }) => type === 'repeat'),
]
const graph = (params: object, fails = 0) =>
  graphOf(
    {
      one: { type: 'constant' },
      split: { type: 'split' },
      score: { type: 'score', params: { fails } },
      repeat: { type: 'repeat', params: { ...params } },
    },
    ['one.value -> split.value', 'split.value -> score.value', 'score.metrics -> repeat.metrics'],
  )
const optionsIn = (directory?: string, changes = {}) =>
  stubOptions(directory, { library: all, signal: stop.signal, ...changes })

describe('a node that has graphs run', () => {
  it('gets what came of each, and tells their mean, interval and spread', async () => {
    const options = optionsIn()
    const { end, events } = await runStubGraph(graph({ folds: 3 }), options)
    expect(done).toEqual([
      'draw 1+0',
      'score 1+0',
      ...[1, 2, 3].flatMap((fold) => [`draw ${fold}+0`, `score ${fold}+0`]),
    ])
    const value = end.outputs['repeat']?.['metrics'] as MetricsValue
    expect(value.values['accuracy']).toBeCloseTo(0.52, 12)
    expect(value.count).toBe(12)
    const bytes = await options.store.get(value.detail.sha256)
    const detail = metricsDetailSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
    if (detail.kind !== 'repeat') throw new Error(detail.kind)
    expect(detail.runs.map(({ fold }) => fold)).toEqual([1, 2, 3])
    expect(detail.spread['accuracy']?.deviation).toBeCloseTo(0.01, 12)
    expect(events.filter(({ type }) => type === 'interim')).toHaveLength(2)
  })

  it('repeats nothing that was done before: the graph as it is, other seeds, a run that was stopped', async () => {
    const { directory } = optionsIn()
    await runStubGraph(graph({ folds: 0, seeds: 2 }), optionsIn(directory))
    expect(done).toEqual(['draw 1+0', 'score 1+0', 'score 1+1'])
    stopAt = 'score 1+3'
    const stopped = await runStubGraph(graph({ folds: 0, seeds: 4 }), optionsIn(directory))
    expect([stopped.end.status, done.at(-1)]).toEqual(['cancelled', 'score 1+2'])
    stop = new AbortController()
    stopAt = ''
    await runStubGraph(graph({ folds: 0, seeds: 4 }), optionsIn(directory))
    expect(done).toEqual(['draw 1+0', 'score 1+0', 'score 1+1', 'score 1+2', 'score 1+3'])
  })

  it('shares what its graphs have in common also where nothing of before counts', async () => {
    const { directory, cache } = optionsIn()
    for (let time = 0; time < 2; time++)
      await runStubGraph(
        graph({ folds: 0, seeds: 2 }),
        optionsIn(directory, { cache: freshOnly(cache), ignoreCache: true }),
      )
    expect(done).toEqual(['draw 1+0', 'score 1+0', 'score 1+1', 'draw 1+0', 'score 1+0', 'score 1+1'])
  })

  it('fails with the reason of the node that failed, and with what makes no sense', async () => {
    const problemOf = async (document: ReturnType<typeof graph>) => {
      const { events } = await runStubGraph(document, optionsIn())
      return events.find((event) => event.type === 'node-failed')
    }
    expect(await problemOf(graph({ folds: 3 }, 2))).toMatchObject({
      node: 'repeat',
      problem: { message: expect.stringContaining('It broke.'), fix: 'Mend it.' },
    })
    await expect(runStubGraph(graph({ folds: 0 }), optionsIn())).rejects.toThrow('nothing is repeated')
  })
})
