import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GraphDocument, RunSummary } from '@graft/graph-schema'
import { afterEach, expect, it } from 'vitest'
import { findHome } from '../home.js'
import {
  call,
  counted,
  counting,
  ended,
  eventsOf,
  Fleet,
  hashOf,
  heldCounting,
  runOf,
  shortLease,
  start,
  undisturbed,
  until,
} from '../testing/fleet.js'
import { graphOf } from '../testing/run-stub-graph.js'
import { spawnStubGraft } from '../testing/spawn-graft.js'

const fleet = new Fleet()
afterEach(() => fleet.end())
const serve = fleet.serve.bind(fleet)
const worker = fleet.worker.bind(fleet)

it('do every run once when one of them is killed, and their results are those of a single machine', async () => {
  const shared = await serve(shortLease)
  const [first, second] = [worker(shared, 'first'), worker(shared, 'second')]
  const seeds = Array.from({ length: 4 }, (_, index) => index + 1)
  const held = seeds.map((seed) => heldCounting(seed, 30))
  const ids = await Promise.all(held.map(({ document }) => start(shared, document)))
  const doomed = await until(async () => {
    const { runs } = await call<{ runs: RunSummary[] }>(shared, 'GET', '/runs')
    const mine = runs.find(({ host, status }) => host === 'first' && status === 'running')
    const progress = mine && (await runOf(shared, mine.id)).nodes['count']?.progress
    return progress && progress.done > 5 && mine.id
  })
  await first.stop('SIGKILL')
  for (const one of held) one.letGo()
  const finished = await Promise.all(ids.map((id) => ended(shared, id)))
  const wanted = await Promise.all(seeds.map((seed) => undisturbed(seed, 30)))
  expect(finished.map(({ run }) => run.status)).toEqual(seeds.map(() => 'succeeded'))
  expect(finished.map(hashOf)).toEqual(wanted)
  for (const id of ids) {
    const events = await eventsOf(shared, id)
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index))
    expect(events.filter(({ type }) => type === 'run-finished')).toHaveLength(1)
    expect(events.filter((event) => event.type === 'node-finished' && event.node === 'count')).toHaveLength(1)
  }
  const course = await eventsOf(shared, doomed)
  expect(course.filter(({ type }) => type === 'run-started')).toHaveLength(2)
  expect(course.some((event) => event.type === 'log' && event.message.startsWith('Going on from a checkpoint'))).toBe(
    true,
  )
  expect((await runOf(shared, doomed)).run).toMatchObject({ host: 'second', attempts: 2 })
  expect(second.printed).toContain(doomed)
})

it('finish nothing a second time when they come back after their lease was lost', async () => {
  const server = await serve(shortLease)
  const held = heldCounting(1, 60)
  const id = await start(server, held.document)
  const asleep = worker(server, 'asleep')
  await counted(server, id, 'asleep', 3)
  asleep.signal('SIGSTOP')
  await until(async () => (await runOf(server, id)).run.status === 'queued')
  worker(server, 'second')
  held.letGo()
  await ended(server, id)
  asleep.signal('SIGCONT')
  await until(async () => asleep.printed.includes('taken away'))
  const events = await eventsOf(server, id)
  expect(events.filter(({ type }) => type === 'run-finished')).toHaveLength(1)
  const done = await runOf(server, id)
  expect(done.run).toMatchObject({ status: 'succeeded', host: 'second' })
  expect(hashOf(done)).toBe(await undisturbed(1, 60))
})

it('go on with their runs while the server is started again', async () => {
  const before = await serve({ leaseSeconds: 60 })
  const held = heldCounting(1, 100)
  const id = await start(before, held.document)
  worker(before, 'one')
  await counted(before, id, 'one', 3)
  await before.close()
  const after = await serve({ leaseSeconds: 60, port: before.port, home: findHome({ GRAFT_HOME: before.home }) })
  held.letGo()
  expect((await ended(after, id)).run).toMatchObject({ status: 'succeeded', host: 'one', attempts: 1 })
})

it('give a run back when they are asked to stop, and another goes on with it', async () => {
  const server = await serve({ leaseSeconds: 60 })
  const held = heldCounting(1, 60)
  const id = await start(server, held.document)
  const first = worker(server, 'first')
  await counted(server, id, 'first', 3)
  expect(await first.stop('SIGTERM')).toBe(0)
  expect((await runOf(server, id)).run.status).toBe('queued')
  worker(server, 'second')
  held.letGo()
  expect((await ended(server, id)).run).toMatchObject({ status: 'succeeded', host: 'second', attempts: 1 })
})

it('end at once when they are asked twice, and give the run back though the server takes no more news', async () => {
  const server = await serve({ leaseSeconds: 600 })
  const id = await start(server, heldCounting(1, 200).document)
  let isDeaf = false
  const between = await fleet.proxy(server.address, ({ url }) =>
    isDeaf && url?.endsWith('/events') ? 'swallow' : 'pass',
  )
  const first = worker(between, 'first')
  await counted(server, id, 'first', 3)
  isDeaf = true
  first.signal('SIGINT')
  await until(async () => first.printed.includes('press Ctrl-C again'))
  expect((await runOf(server, id)).run.status).toBe('running')
  expect(await first.stop('SIGINT')).toBe(130)
  expect((await runOf(server, id)).run.status).toBe('queued')
})

it('stop a run that somebody cancels', async () => {
  const server = await serve()
  worker(server, 'one')
  const id = await start(
    server,
    graphOf({ wait: { type: 'waiting' }, out: { type: 'write' } }, ['wait.value -> out.value']),
  )
  await until(async () => (await runOf(server, id)).nodes['wait']?.status === 'running')
  await call(server, 'POST', `/runs/${id}/cancel`)
  expect((await ended(server, id)).run.status).toBe('cancelled')
})

it('are sent the files that a graph names, and find results of the server and of each other', async () => {
  const server = await serve()
  const path = join(server.data, 'text.txt')
  writeFileSync(path, 'twelve bytes')
  const graph = (name: string): GraphDocument =>
    graphOf(
      { length: { type: 'file-length', params: { path: 'text.txt' } }, out: { type: 'write', params: { name } } },
      ['length.value -> out.value'],
    )
  const one = worker(server, 'one')
  const first = await ended(server, await start(server, graph('a.txt')))
  expect(first.run.status, JSON.stringify(first.state.logs)).toBe('succeeded')
  const artifact = await server.send('GET', `/api/v1/artifacts/${hashOf(first)}`)
  expect(artifact.body.toString()).toBe('12')
  await one.stop('SIGTERM')
  worker(server, 'two')
  const second = await ended(server, await start(server, graph('b.txt')))
  expect(second.nodes['length']?.status).toBe('cached')
  writeFileSync(path, 'now fifteen byt')
  const third = await ended(server, await start(server, graph('c.txt')))
  expect(third.nodes['length']?.status).toBe('done')
  expect((await server.send('GET', `/api/v1/artifacts/${hashOf(third)}`)).body.toString()).toBe('15')
})

it('read folders that are mounted in place, and say when files are more than they take', async () => {
  const server = await serve()
  writeFileSync(join(server.data, 'large.txt'), 'x'.repeat(5000))
  const graph = graphOf({ length: { type: 'file-length', params: { path: 'large.txt' } }, out: { type: 'write' } }, [
    'length.value -> out.value',
  ])
  const small = worker(server, 'small', ['--limit', '1000'])
  const refused = await ended(server, await start(server, graph))
  expect(refused.run.problem?.message).toContain('this worker takes at most 1')
  expect(refused.run.problem?.fix).toContain('--mounted')
  await small.stop('SIGTERM')
  worker(server, 'mounted', ['--limit', '1000', '--mounted', server.data])
  expect((await ended(server, await start(server, graph))).run.status).toBe('succeeded')
})

it('leave the queue to the server itself once none of them is there, unless it is told to wait', async () => {
  const server = await serve({ runsOn: 'auto' })
  const id = await start(server, counting(1))
  const { run } = await ended(server, id)
  expect(run.status).toBe('succeeded')
  expect(run).not.toHaveProperty('host')
})

it('leave a run to the server that none of them can do', async () => {
  const server = await serve({ runsOn: 'auto' })
  const one = worker(server, 'one')
  await until(async () => (await call<{ workers: unknown[] }>(server, 'GET', '/workers')).workers.length)
  const mine = await ended(server, await start(server, counting(1)))
  expect(one.printed).toContain(mine.run.id)
  const { run } = await call<{ run: RunSummary }>(server, 'POST', '/runs', { document: counting(2), engine: 'onnx' })
  const { run: done, state } = await ended(server, run.id)
  expect(done).toMatchObject({ status: 'succeeded' })
  expect(done).not.toHaveProperty('host')
  expect(state.logs.map(({ message }) => message).join()).toContain(
    'The worker one can\'t take this run: it has no engine "onnx"',
  )
})

it('are refused where the server keeps its runs', async () => {
  const server = await serve({ runsOn: 'here' })
  const refused = worker(server, 'one')
  await until(async () => refused.printed.includes('--runs-on'))
})

it('need the token of a server on another machine', async () => {
  const home = mkdtempSync(join(tmpdir(), 'graft-worker-'))
  const { code, stderr } = await spawnStubGraft(['worker', '--server', 'http://192.0.2.1:4747'], home)
  expect(code).toBe(2)
  expect(stderr).toContain('--token-file')
})
