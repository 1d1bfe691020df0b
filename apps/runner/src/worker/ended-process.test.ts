import { afterEach, describe, expect, it } from 'vitest'
import type { WorkerSummary } from '@graft/graph-schema'
import {
  call,
  counted,
  counting,
  ended,
  eventsOf,
  Fleet,
  hashOf,
  heldCounting,
  resumedAt,
  runOf,
  start,
  undisturbed,
  until,
} from '../testing/fleet.js'
import type { WorkerProcess } from '../testing/worker-process.js'

const fleet = new Fleet()
afterEach(() => fleet.end())

/** What the system does where memory runs out. */
const endProcessOf = ({ run }: WorkerProcess, signal: NodeJS.Signals = 'SIGKILL'): void =>
  void (run !== null && process.kill(run, signal))

describe.skipIf(process.platform !== 'linux')('a run whose process the system ends on a worker', () => {
  it('goes on with another worker from its checkpoint, to the same result, and the first one takes other runs', async () => {
    const server = await fleet.serve()
    const held = heldCounting(1, 60)
    const id = await start(server, held.document)
    const first = fleet.worker(server, 'first')
    await counted(server, id, 'first', 5)
    const second = fleet.worker(server, 'second')
    await until(async () => (await listed(server)).includes('second'))
    endProcessOf(first)
    held.letGo()
    const done = await ended(server, id)
    expect(done.run).toMatchObject({ status: 'succeeded', host: 'second', attempts: 2 })
    expect(hashOf(done)).toBe(await undisturbed(1, 60))
    const events = await eventsOf(server, id)
    expect(resumedAt(events)).toHaveLength(1)
    expect(events.flatMap((event) => (event.type === 'run-interrupted' ? [event.message] : []))).toEqual([
      expect.stringMatching(/ended the process of this run on the worker first, most likely because memory ran out/),
    ])
    expect(first.printed).toContain('because memory ran out')
    await second.stop('SIGKILL')
    expect((await ended(server, await start(server, counting(2)))).run).toMatchObject({
      status: 'succeeded',
      host: 'first',
    })
  })

  it('fails with the reason where no other worker is left to try it, and each tries it once', async () => {
    const server = await fleet.serve()
    const id = await start(server, heldCounting(1, 400).document)
    const workers = ['one', 'two'].map((name) => fleet.worker(server, name))
    await until(async () => (await listed(server)).includes('one') && (await listed(server)).includes('two'))
    const hosts: string[] = []
    for (const attempts of [1, 2]) {
      const host = await until(async () => {
        const { run, nodes } = await runOf(server, id)
        return run.attempts === attempts && run.status === 'running' && nodes['count']?.progress && run.host
      })
      hosts.push(host)
      endProcessOf(workers[host === 'one' ? 0 : 1]!)
    }
    expect(hosts.toSorted()).toEqual(['one', 'two'])
    const { run, nodes } = await ended(server, id)
    expect(run).toMatchObject({ status: 'failed', attempts: 2 })
    expect(nodes['count']?.problem).toMatchObject({ code: 'process-out-of-memory' })
    const next = await start(server, counting(2))
    expect((await ended(server, next)).run.status).toBe('succeeded')
  })

  it('goes on where its process was stopped for as long as a lease lasts, and not before', async () => {
    const server = await fleet.serve({ leaseSeconds: 5 })
    const held = heldCounting(1, 200)
    const id = await start(server, held.document)
    const worker = fleet.worker(server, 'one')
    await counted(server, id, 'one', 5)
    endProcessOf(worker, 'SIGSTOP')
    await new Promise((resolve) => setTimeout(resolve, 1500))
    endProcessOf(worker, 'SIGCONT')
    const done = await counted(server, id, 'one', 20)
    endProcessOf(worker, 'SIGSTOP')
    held.letGo()
    const { run } = await ended(server, id)
    expect(run).toMatchObject({ status: 'succeeded', attempts: 2 })
    const events = await eventsOf(server, id)
    expect(resumedAt(events)[0]).toBeGreaterThanOrEqual(done - 1)
    expect(JSON.stringify(events)).toContain('was stopped from outside and did not go on')
  })
})

async function listed(server: { readonly address: string }): Promise<readonly string[]> {
  const { workers } = await call<{ workers: WorkerSummary[] }>(server, 'GET', '/workers')
  return workers.map(({ name }) => name)
}
