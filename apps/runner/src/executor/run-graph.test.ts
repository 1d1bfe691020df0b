import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunEventBody } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import type { FileBlobStore } from '../store/file-blob-store.js'
import { freshOnly } from '../cache/result-cache.js'
import { graphOf, runStubGraph, stubComputing, stubOptions } from '../testing/run-stub-graph.js'
import { stubLibrary } from '../testing/stub-nodes.js'
import { runGraph } from './run-graph.js'

const chain = (value = 1, plus = 0): ReturnType<typeof graphOf> =>
  graphOf(
    { out: { type: 'write' }, add: { type: 'sum', params: { plus } }, one: { type: 'constant', params: { value } } },
    ['one.value -> add.terms', 'add.value -> out.value'],
  )

describe('order', () => {
  it('runs every node after what it needs, and gives the outputs of the output nodes', async () => {
    const run = await runStubGraph(chain(2, 3), stubOptions())
    expect(run.ran).toEqual(['one', 'add', 'out'])
    expect(run.end).toMatchObject({ status: 'succeeded', outputs: { out: { file: { blob: { name: 'number.txt' } } } } })
  })

  it('leaves alone what no output needs', async () => {
    const document = graphOf({ ...chain().nodes, spare: { type: 'constant' } }, [
      'one.value -> add.terms',
      'add.value -> out.value',
    ])
    expect((await runStubGraph(document, stubOptions())).ran).not.toContain('spare')
  })

  it('runs only what the node named by "to" needs', async () => {
    const run = await runStubGraph(chain(4), stubOptions(undefined, { to: ['add'] }))
    expect(run.ran).toEqual(['one', 'add'])
    expect(run.end.outputs).toEqual({ add: { value: 4 } })
  })

  it('tells nodes what their caches may take in memory, where there is a limit', async () => {
    const telling = stubLibrary.map((node) =>
      node.type === 'constant'
        ? {
            ...node,
            run: async ({ context }: { context: { memoryBytes?: number } }) => ({ value: context.memoryBytes ?? -1 }),
          }
        : node,
    )
    const document = graphOf({ one: { type: 'constant' } })
    expect(
      (await runStubGraph(document, stubOptions(undefined, { library: telling, memoryBytes: 64 }))).end.outputs,
    ).toEqual({ one: { value: 64 } })
    expect((await runStubGraph(document, stubOptions(undefined, { library: telling }))).end.outputs).toEqual({
      one: { value: -1 },
    })
  })

  it('shortens a message that nobody could read (fault 27)', async () => {
    const talking = stubLibrary.map((node) =>
      node.type === 'constant'
        ? {
            ...node,
            run: async ({ context }: { context: { emit(event: object): void } }) => {
              context.emit({ type: 'log', level: 'warning', message: 'x'.repeat(240_000) })
              return { value: 1 }
            },
          }
        : node,
    )
    const { events } = await runStubGraph(
      graphOf({ one: { type: 'constant' } }),
      stubOptions(undefined, { library: talking as typeof stubLibrary }),
    )
    const logs = events.flatMap((event) => (event.type === 'log' ? [event.message.length] : []))
    expect(Math.max(...logs)).toBe(4000)
  })

  it('gives a multiple input its values in the order of the edges', async () => {
    const digits = stubLibrary.map((node) =>
      node.type === 'sum'
        ? {
            ...node,
            run: async ({ inputs }: { inputs: Readonly<Record<string, unknown>> }) => ({
              value: Number((inputs.terms as number[]).join('')),
            }),
          }
        : node,
    )
    const document = graphOf(
      {
        a: { type: 'constant', params: { value: 1 } },
        b: { type: 'constant', params: { value: 2 } },
        both: { type: 'sum' },
      },
      ['b.value -> both.terms', 'a.value -> both.terms'],
    )
    expect(
      (await runStubGraph(document, stubOptions(undefined, { library: digits, to: ['both'] }))).end.outputs,
    ).toEqual({ both: { value: 21 } })
  })

  it('begins with run-started, which lists what is to run, and closes with run-finished', async () => {
    const { events } = await runStubGraph(chain(), stubOptions())
    expect(events[0]).toMatchObject({ type: 'run-started', nodes: ['one', 'add', 'out'] })
    expect(events.filter(({ type }) => type === 'run-finished')).toEqual(events.slice(-1))
  })
})

describe('cache', () => {
  it('reuses everything in a second run and says that nothing changed', async () => {
    const options = stubOptions()
    await runStubGraph(chain(), options)
    const second = await runStubGraph(chain(), options)
    expect(second.ran).toEqual([])
    expect(second.reasons).toEqual({ one: 'nothing changed', add: 'nothing changed', out: 'nothing changed' })
    expect(second.end.status).toBe('succeeded')
  })

  it('re-runs a changed node and what follows, and says which parameter changed', async () => {
    const options = stubOptions()
    await runStubGraph(chain(1, 10), options)
    const second = await runStubGraph(chain(1, 15), options)
    expect(second.ran).toEqual(['add', 'out'])
    expect(second.reasons).toEqual({
      one: 'nothing changed',
      add: 'add.plus changed 10 -> 15',
      out: 'add.plus changed 10 -> 15 upstream',
    })
  })

  it('says so when a change is taken back', async () => {
    const options = stubOptions()
    for (const plus of [10, 15]) await runStubGraph(chain(1, plus), options)
    const third = await runStubGraph(chain(1, 10), options)
    expect(third.ran).toEqual([])
    expect(third.reasons.add).toBe('the same as in an earlier run: add.plus changed 15 -> 10')
  })

  it('reuses across titles, ids, positions and graphs', async () => {
    const options = stubOptions()
    await runStubGraph(chain(), options)
    const renamed = graphOf({ uno: { type: 'constant' }, plus: { type: 'sum' }, file: { type: 'write' } }, [
      'uno.value -> plus.terms',
      'plus.value -> file.value',
    ])
    const run = await runStubGraph(
      { ...renamed, name: 'other', layout: { ...renamed.layout, positions: { uno: { x: 9, y: 9 } } } },
      options,
    )
    expect(run.ran).toEqual([])
    expect(run.reasons.uno).toBe('the same work was done before')
  })

  it('re-runs when a file that a node reads changes', async () => {
    const options = stubOptions()
    writeFileSync(join(options.directory, 'text.txt'), 'ab')
    const document = graphOf({ read: { type: 'file-length', params: { path: 'text.txt' } }, out: { type: 'write' } }, [
      'read.value -> out.value',
    ])
    await runStubGraph(document, options)
    writeFileSync(join(options.directory, 'text.txt'), 'abc')
    const second = await runStubGraph(document, options)
    expect(second.reasons).toEqual({
      read: 'the files that read reads changed',
      out: 'the files that read reads changed upstream',
    })
  })

  it('re-runs nodes that use the engine when its version changes, and no others', async () => {
    const options = stubOptions()
    const document = graphOf({ one: { type: 'constant' }, train: { type: 'engine-node' } }, [
      'one.value -> train.value',
    ])
    await runStubGraph(document, options)
    const second = await runStubGraph(document, { ...options, computing: stubComputing('2.0') })
    expect(second.ran).toEqual(['train'])
    expect(second.reasons.train).toBe('the engine changed tfjs (stub, stub 1.0) -> tfjs (stub, stub 2.0)')
  })

  it('re-runs a node whose stored file is gone', async () => {
    const options = stubOptions()
    const first = await runStubGraph(chain(), options)
    const { file } = first.end.outputs.out as { file: { blob: { sha256: string } } }
    writeFileSync((options.store as FileBlobStore).path(file.blob.sha256), 'damaged')
    await expect(options.store.get(file.blob.sha256)).rejects.toThrow('damaged on disk')
    const second = await runStubGraph(chain(), options)
    expect(second.ran).toEqual(['out'])
    expect(second.reasons.out).toBe('its stored result was incomplete')
  })

  it('tells the warnings of a reused node again', async () => {
    const options = stubOptions()
    await runStubGraph(chain(), options)
    const { events } = await runStubGraph(chain(), options)
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'log', node: 'out', level: 'warning', message: 'The number was rounded.' }),
    )
  })

  it('runs everything, yet keeps the results, when told not to ask the cache', async () => {
    const options = stubOptions()
    await runStubGraph(chain(), options)
    const second = await runStubGraph(chain(), { ...options, cache: freshOnly(options.cache), ignoreCache: true })
    expect(second.ran).toEqual(['one', 'add', 'out'])
    expect(second.reasons.add).toBe('the cache was not asked')
    expect((await runStubGraph(chain(), options)).ran).toEqual([])
  })
})

describe('files that change while a node reads them (fault 1)', () => {
  it('fail it with its name, and leave nothing behind that is taken for theirs once they are put back', async () => {
    const options = stubOptions()
    const file = join(options.directory, 'text.txt')
    writeFileSync(file, 'four')
    let looks = 0
    // The node's fingerprint looks first, the node itself second.
    const resolvePath = (path: string): string => {
      if (++looks === 2) writeFileSync(file, 'other text')
      return options.resolvePath(path)
    }
    const document = graphOf({ read: { type: 'file-length', params: { path: 'text.txt' } }, out: { type: 'write' } }, [
      'read.value -> out.value',
    ])
    const { end, events } = await runStubGraph(document, { ...options, resolvePath })
    expect(end.status).toBe('failed')
    expect(events.find((event) => event.type === 'node-failed')).toMatchObject({
      node: 'read',
      problem: { message: expect.stringContaining('File length reads were changed while it read them') as unknown },
    })
    writeFileSync(file, 'four')
    expect((await runStubGraph(document, options)).ran).toEqual(['read', 'out'])
  })
})

describe('failures', () => {
  const withFailure = (how: string): ReturnType<typeof graphOf> =>
    graphOf(
      {
        bad: { type: 'failing', params: { how } },
        after: { type: 'write' },
        one: { type: 'constant' },
        other: { type: 'write' },
      },
      ['bad.value -> after.value', 'one.value -> other.value'],
    )
  const problemIn = (events: readonly RunEventBody[]): unknown => events.find((event) => event.type === 'node-failed')

  it('fails the run with node, field and fix, skips what needs the node, and finishes the rest', async () => {
    const run = await runStubGraph(withFailure('node'), stubOptions())
    expect(problemIn(run.events)).toMatchObject({
      node: 'bad',
      problem: {
        code: 'node',
        node: 'bad',
        field: 'how',
        message: 'It was told to fail.',
        fix: 'Tell it something else.',
      },
    })
    expect(run.ran).toEqual(expect.arrayContaining(['bad', 'one', 'other']))
    expect(run.ran).not.toContain('after')
    expect(run.events).toContainEqual(
      expect.objectContaining({
        type: 'log',
        node: 'after',
        message: 'Write was not run because it needs "bad", which gave no result.',
      }),
    )
    expect(run.end).toMatchObject({ status: 'failed', outputs: { other: expect.anything() } })
  })

  it('does not cache a failure', async () => {
    const options = stubOptions()
    await runStubGraph(withFailure('node'), options)
    expect((await runStubGraph(withFailure('node'), options)).ran).toEqual(['bad'])
  })

  it.each([
    ['unexpected', 'index 7 of 3'],
    ['not-json', 'its result.value is NaN'],
    ['no-output', 'it gave no value for its output "value"'],
  ])('reports a fault of the node itself as internal, without a stack: %s', async (how, text) => {
    const { problem } = problemIn((await runStubGraph(withFailure(how), stubOptions())).events) as {
      problem: { code: string; message: string }
    }
    expect(problem.code).toBe('internal')
    expect(problem.message).toContain(text)
    expect(problem.message).not.toContain('    at ')
  })

  it('adds the stack when debugging', async () => {
    const { problem } = problemIn(
      (await runStubGraph(withFailure('unexpected'), stubOptions(undefined, { debug: true }))).events,
    ) as { problem: { message: string } }
    expect(problem.message).toContain('    at ')
  })

  it('refuses a wrong parameter, an unknown node and an unknown target before anything starts', async () => {
    await expect(runStubGraph(chain(1, 5000), stubOptions())).rejects.toMatchObject({
      problems: [{ node: 'add', field: 'plus' }],
    })
    await expect(runStubGraph(graphOf({ x: { type: 'nonesuch' } }), stubOptions())).rejects.toMatchObject({
      problems: [{ node: 'x' }],
    })
    await expect(runStubGraph(chain(), stubOptions(undefined, { to: ['ad'] }))).rejects.toMatchObject({
      problems: [{ code: 'target-unknown', fix: expect.stringContaining('Did you mean "add"?') }],
    })
    await expect(runStubGraph(graphOf({}), stubOptions())).rejects.toMatchObject({
      problems: [{ code: 'nothing-to-run' }],
    })
  })

  it('runs what is asked for although another part of the graph is broken, and warns', async () => {
    const document = graphOf({ one: { type: 'constant' }, out: { type: 'write' } })
    const run = await runStubGraph(document, stubOptions(undefined, { to: ['one'] }))
    expect(run.end.status).toBe('succeeded')
    expect(run.events).toContainEqual(expect.objectContaining({ type: 'log', node: 'out', level: 'warning' }))
  })
})

describe('while it runs', () => {
  const waits = (params = {}): ReturnType<typeof graphOf> =>
    graphOf({ wait: { type: 'waiting', params }, after: { type: 'write' } }, ['wait.value -> after.value'])

  it('streams what a node says at once, and finishes as cancelled when aborted', async () => {
    const controller = new AbortController()
    const events: RunEventBody[] = []
    for await (const event of runGraph(waits(), stubOptions(undefined, { signal: controller.signal }))) {
      events.push(event)
      if (event.type === 'metric') controller.abort()
    }
    expect(events.map((event) => event.type)).toEqual([
      'run-started',
      'node-queued',
      'node-queued',
      'node-started',
      'node-progress',
      'metric',
      'run-finished',
    ])
    expect(events.at(-1)).toMatchObject({ status: 'cancelled' })
  })

  it('stops the nodes when the reader leaves early', async () => {
    let stopped = false
    const library = stubLibrary.map((node) =>
      node.type !== 'waiting'
        ? node
        : {
            ...node,
            run: async (call: Parameters<typeof node.run>[0]) =>
              node.run(call).finally(() => {
                stopped = true
              }),
          },
    )
    for await (const event of runGraph(waits(), stubOptions(undefined, { library }))) if (event.type === 'metric') break
    expect(stopped).toBe(true)
  })

  it('keeps results from before the cancellation', async () => {
    const options = stubOptions()
    const document = graphOf({ one: { type: 'constant' }, wait: { type: 'waiting' }, after: { type: 'write' } }, [
      'one.value -> wait.value',
      'wait.value -> after.value',
    ])
    const controller = new AbortController()
    for await (const event of runGraph(document, { ...options, signal: controller.signal }))
      if (event.type === 'metric') controller.abort()
    expect((await runStubGraph(document, { ...options, to: ['one'] })).ran).toEqual([])
  })
})

describe('muted and bypassed nodes', () => {
  it('leaves out a muted node and what needs it', async () => {
    const document = graphOf(
      {
        one: { type: 'constant' },
        off: { type: 'engine-node', muted: true },
        lost: { type: 'write' },
        kept: { type: 'write' },
      },
      ['one.value -> off.value', 'off.value -> lost.value', 'one.value -> kept.value'],
    )
    expect((await runStubGraph(document, stubOptions())).ran).toEqual(['one', 'kept'])
  })

  it('leads the value through a bypassed node', async () => {
    const document = graphOf(
      {
        one: { type: 'constant', params: { value: 5 } },
        skip: { type: 'sum', params: { plus: 100 }, bypassed: true },
        end: { type: 'sum' },
      },
      ['one.value -> skip.terms', 'skip.value -> end.terms'],
    )
    expect((await runStubGraph(document, stubOptions())).end.outputs).toEqual({ end: { value: 5 } })
  })
})
