import type { ChosenEngines } from '@graft/engines'
import { defineNode } from '@graft/nodes'
import type { Network } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { computeWith } from './compute-with.js'
import { graphOf, runStubGraph, stubEngine, stubOptions } from '../testing/run-stub-graph.js'
import { stubLibrary } from '../testing/stub-nodes.js'
import type { RunOptions } from '../executor/run-options.js'
import type { ChooseEngines } from './compute-with.js'

/** Gives what looks like a model, to nodes that look only for its network. */
const model = defineNode({
  type: 'model',
  version: 1,
  title: 'Model',
  category: 'Model',
  doc: 'Gives a model.',
  inputs: {},
  outputs: { value: { kind: 'number', title: 'Model', description: 'A model.' } },
  params: z.strictObject({ name: z.string().default('one') }),
  run: async ({ params }) => ({ value: { kind: 'model', network: { name: params.name } } as never }),
})

const gpu = {
  ...stubEngine('1.0'),
  id: 'onnx',
  device: 'webgpu' as const,
  probe: async () => ({
    id: 'onnx',
    available: true,
    trains: true,
    hardware: 'GPU',
    backend: 'webgpu',
    versions: {},
    notes: [],
  }),
}
const document = graphOf(
  {
    first: { type: 'model' },
    second: { type: 'model', params: { name: 'two' } },
    train: { type: 'engine-node' },
    evaluate: { type: 'engine-node' },
    other: { type: 'engine-node' },
  },
  ['first.value -> train.value', 'train.value -> evaluate.value', 'second.value -> other.value'],
)

function choosing(changes: Partial<ChosenEngines> = {}): {
  readonly options: RunOptions
  readonly asked: string[]
  readonly choose: ChooseEngines
} {
  const asked: string[] = []
  const cpu = stubEngine('1.0')
  const chooseEngines = async (network: Network, onProgress: (message: string) => void): Promise<ChosenEngines> => {
    asked.push(network.name)
    onProgress('Measuring…')
    return {
      forward: gpu,
      training: gpu,
      fallback: [cpu],
      notes: [],
      warnings: ['The driver is old.'],
      reason: 'it is three times as fast',
      ...changes,
    }
  }
  return {
    asked,
    choose: chooseEngines,
    options: stubOptions(undefined, {
      library: [...stubLibrary, model],
      computing: computeWith({ forward: cpu, training: cpu }, chooseEngines),
    }),
  }
}

describe('engines that depend on the network', () => {
  it('are chosen once for the whole run, by the network of the first node that computes, and told with the reason', async () => {
    const { options, asked } = choosing()
    const { events, ran } = await runStubGraph(document, options)
    expect(asked).toEqual(['one'])
    expect(ran).toEqual(expect.arrayContaining(['train', 'evaluate', 'other']))
    const told = events.flatMap((event) =>
      event.type === 'engine-chosen'
        ? [`${event.engine}: ${event.reason}`]
        : event.type === 'log'
          ? [`${event.level}: ${event.message}`]
          : [],
    )
    expect(told.slice(1), 'behind what is said about the graph').toEqual([
      'info: Measuring…',
      'warning: The driver is old.',
      'onnx on webgpu: it is three times as fast',
    ])
    expect(events.findIndex((event) => event.type === 'engine-chosen')).toBeLessThan(
      events.findIndex((event) => event.type === 'node-started' && event.node === 'train'),
    )
  })

  it('enter the cache key: the same choice reuses everything, another one runs what computes', async () => {
    const { options } = choosing()
    await runStubGraph(document, options)
    expect((await runStubGraph(document, options)).ran).toEqual([])
    const cpu = stubEngine('1.0')
    const other = await runStubGraph(document, {
      ...options,
      computing: choosing({ forward: cpu, training: cpu }).options.computing,
    })
    expect([...other.ran].sort()).toEqual(['evaluate', 'other', 'train'])
    expect(other.reasons.train).toBe('the engine changed onnx (webgpu) -> tfjs (stub, stub 1.0)')
  })

  it('are not asked for by a graph that computes nothing', async () => {
    const { options, asked } = choosing()
    const { events } = await runStubGraph(graphOf({ first: { type: 'model' } }, []), options)
    expect([asked, events.some((event) => event.type === 'engine-chosen')]).toEqual([[], false])
  })

  it('are chosen knowing what all nodes still to come put through networks, where all of them can tell', async () => {
    const [train, evaluate, blank] = ['train', 'evaluate', 'blank'].map((type) => ({
      ...stubLibrary.find(({ type: known }) => known === 'engine-node')!,
      type,
    }))
    const library = (training: number) => [
      ...stubLibrary,
      model,
      { ...train!, workload: () => ({ forward: 10, training }) },
      { ...evaluate!, workload: () => ({ forward: 5, training: 0 }) },
      blank!,
    ]
    const told = async (types: readonly string[], training = 40): Promise<unknown> => {
      const { options, choose } = choosing()
      const asked: unknown[] = []
      const computing = computeWith(options.computing.engines, (network, onProgress, workload) => {
        asked.push(workload)
        return choose(network, onProgress, workload)
      })
      const nodes = Object.fromEntries(types.map((type, index) => [`n${index}`, { type }]))
      await runStubGraph(
        graphOf(
          nodes,
          types.slice(1).map((_, index) => `n${index}.value -> n${index + 1}.value`),
        ),
        { ...options, library: library(training), computing },
      )
      return asked[0]
    }
    expect(await told(['model', 'train', 'evaluate'])).toEqual({ forward: 15, training: 40 })
    expect(await told(['model', 'train', 'train']), 'the second one trains a network that is not there yet').toBeNull()
    expect(await told(['model', 'train', 'train'], 0)).toEqual({ forward: 20, training: 0 })
    expect(await told(['model', 'train', 'blank']), 'one that cannot tell').toBeNull()
  })

  it('are told with their device, but without a reason, where there was no choice', async () => {
    const cpu = stubEngine('1.0')
    const { options } = choosing({ forward: cpu, training: cpu, warnings: [], reason: null })
    const { events } = await runStubGraph(document, options)
    expect(events.find((event) => event.type === 'run-started')).toEqual(expect.not.objectContaining({ device: 'cpu' }))
    expect(events.filter((event) => event.type === 'engine-chosen')).toEqual([
      { type: 'engine-chosen', engine: 'tfjs', device: 'cpu' },
    ])
  })

  it('fail the node, with the reason, when none can be had', async () => {
    const { options } = choosing()
    const { events } = await runStubGraph(document, {
      ...options,
      computing: computeWith(options.computing.engines, async () =>
        Promise.reject(new Error('no engine can run here')),
      ),
    })
    expect(events.find((event) => event.type === 'node-failed')).toMatchObject({
      node: 'train',
      problem: { message: expect.stringContaining('no engine can run here') as string },
    })
  })
})
