import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunEventBody } from '@graft/graph-schema'
import { beforeAll, describe, expect, it } from 'vitest'
import { graphOf } from '../testing/run-stub-graph.js'
import { compiled } from '../testing/spawn-graft.js'
import { eventsOfDeath } from './events-of-death.js'
import { runInChild } from './run-in-child.js'
import type { RunRequest } from './run-request.js'

const request = (params: Readonly<Record<string, unknown>>, type = 'waiting'): RunRequest => ({
  runId: 'r',
  document: graphOf({ wait: { type, params }, out: { type: 'write' } }, ['wait.value -> out.value']),
  graph: 'g',
  base: '/',
  engine: 'auto',
  ignoreCache: false,
  debug: false,
})

beforeAll(() => {
  process.env.GRAFT_HOME = mkdtempSync(join(tmpdir(), 'graft-child-'))
})

describe('a run in a process of its own', () => {
  const program = (): URL => compiled('testing/stub-child.js')

  it('is killed after the grace period when it does not obey, and still ends as cancelled', async () => {
    const controller = new AbortController()
    const events: RunEventBody[] = []
    for await (const event of runInChild(request({ stubborn: true }), {
      signal: controller.signal,
      graceMilliseconds: 50,
      program: program(),
    })) {
      events.push(event)
      if (event.type === 'metric') controller.abort()
    }
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', status: 'cancelled' })
  })

  it('ends as cancelled when it was cancelled before it began', async () => {
    const events: RunEventBody[] = []
    for await (const event of runInChild(request({}), { signal: AbortSignal.abort(), program: program() }))
      events.push(event)
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', status: 'cancelled' })
  })

  it('hands on why a document was refused', async () => {
    const run = runInChild(request({ what: 1 }), { signal: new AbortController().signal, program: program() })
    await expect(run.next()).rejects.toMatchObject({ name: 'RunRefused', problems: [{ node: 'wait', field: 'what' }] })
  })

  it('ends with a failure when the program cannot even start', async () => {
    const events: RunEventBody[] = []
    for await (const event of runInChild(request({}), {
      signal: new AbortController().signal,
      program: new URL('./not-there.js', import.meta.url),
    }))
      events.push(event)
    expect(events.map((event) => event.type)).toEqual(['run-started', 'log', 'run-finished'])
    expect(events.at(-1)).toMatchObject({ status: 'failed' })
  })
})

describe('the events owed by a process that died', () => {
  const seen: RunEventBody[] = [
    { type: 'run-started', graph: 'g', nodes: ['wait'], engine: 'tfjs' },
    { type: 'node-started', node: 'wait' },
  ]
  const alive = { code: null, signal: null, cancelled: false, output: '', milliseconds: 7 }

  it('are none when the run had finished', () => {
    expect(
      eventsOfDeath(
        request({}),
        [...seen, { type: 'run-finished', status: 'succeeded', outputs: {}, milliseconds: 1 }],
        { ...alive, code: 0 },
      ),
    ).toEqual([])
  })

  it('name the node that ran, the exit code and the last words', () => {
    const [failed, finished] = eventsOfDeath(request({}), seen, {
      ...alive,
      code: 134,
      output: 'warming up\nterminate called after throwing an instance of Ort::Exception\n',
    })
    expect(failed).toMatchObject({
      type: 'node-failed',
      node: 'wait',
      problem: { code: 'process-died', message: expect.stringContaining('Its last words: terminate called') },
    })
    expect(finished).toMatchObject({ type: 'run-finished', status: 'failed', milliseconds: 7 })
  })

  it('suspect memory when Node.js says so', () => {
    const [failed] = eventsOfDeath(request({}), seen, {
      ...alive,
      signal: 'SIGABRT',
      output: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    })
    expect(failed).toMatchObject({
      problem: { code: 'process-out-of-memory', fix: expect.stringContaining('smaller batch') },
    })
  })
})
