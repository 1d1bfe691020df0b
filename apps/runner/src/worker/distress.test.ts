import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunDetail, WorkerSummary } from '@graft/graph-schema'
import { afterEach, expect, it, vi } from 'vitest'
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
  resumedAt,
  runOf,
  shortLease,
  start,
  undisturbed,
  until,
} from '../testing/fleet.js'
import { ServerProcess } from '../testing/server-process.js'

const fleet = new Fleet()
afterEach(() => fleet.end())

it('a checkpoint whose worker is killed while it sends it is thrown away, and the one before it counts', async () => {
  const server = await fleet.serve(shortLease)
  let sent = 0
  const between = await fleet.proxy(server.address, ({ method, url = '' }) =>
    method === 'PUT' && url.includes('/checkpoints/') && ++sent > 3 ? 'begin' : 'pass',
  )
  const id = await start(server, counting(1, 30))
  const doomed = fleet.worker(between, 'doomed')
  await until(async () => sent > 3)
  await doomed.stop('SIGKILL')
  fleet.worker(server, 'second')
  expect(hashOf(await ended(server, id))).toBe(await undisturbed(1, 30))
  expect(resumedAt(await eventsOf(server, id))).toEqual([3])
  await expect.poll(() => readdirSync(join(server.home, 'tmp'))).toEqual([])
})

it('two workers go on while their server is killed and started again: each run is begun once and ends once', async () => {
  const home = mkdtempSync(join(tmpdir(), 'graft-server-'))
  const server = new ServerProcess(home)
  await server.start(['mark', '1', 'workers'])
  const at = { address: `http://127.0.0.1:${server.port}` }
  const seeds = [1, 2, 3, 4]
  const held = seeds.map((seed) => heldCounting(seed, 40))
  const ids = await Promise.all(held.map(({ document }) => start(at, document)))
  for (const name of ['first', 'second']) fleet.worker(at, name)
  const working = async (): Promise<readonly RunDetail[]> =>
    (await Promise.all(ids.map((id) => runOf(at, id)))).filter(({ nodes }) => (nodes['count']?.progress?.done ?? 0) > 3)
  await until(async () => new Set((await working()).map(({ run }) => run.host)).size === 2)
  await server.stop('SIGKILL')
  await server.start(['mark', '1', 'workers', String(server.port)])
  for (const one of held) one.letGo()
  try {
    const done = await Promise.all(ids.map((id) => ended(at, id)))
    expect(done.map(({ run }) => [run.status, run.attempts])).toEqual(seeds.map(() => ['succeeded', 1]))
    expect(done.map(hashOf)).toEqual(await Promise.all(seeds.map((seed) => undisturbed(seed, 40))))
    for (const id of ids) {
      const events = await eventsOf(at, id)
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index))
      expect(events.filter(({ type }) => type === 'run-started' || type === 'run-finished')).toHaveLength(2)
    }
  } finally {
    await server.stop('SIGKILL')
  }
})

it('no worker loses its run when the clock of the server is set, forwards or back', async () => {
  const server = await fleet.serve()
  const held = heldCounting(1, 100)
  const id = await start(server, held.document)
  fleet.worker(server, 'one')
  const now = Date.now()
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    for (const [index, years] of [10, -10].entries()) {
      await counted(server, id, 'one', 5 + 40 * index)
      vi.setSystemTime(now + years * 365 * 86_400_000)
    }
    held.letGo()
    expect((await ended(server, id)).run).toMatchObject({ status: 'succeeded', attempts: 1 })
  } finally {
    vi.useRealTimers()
  }
})

it('two workers of one name do runs of their own, and lists tell them apart', async () => {
  const server = await fleet.serve()
  const held = [1, 2].map((seed) => heldCounting(seed, 20))
  const ids = await Promise.all(held.map(({ document }) => start(server, document)))
  fleet.worker(server, 'same')
  fleet.worker(server, 'same')
  const workers = await until(async () => {
    const list = (await call<{ workers: WorkerSummary[] }>(server, 'GET', '/workers')).workers
    return list.length === 2 && list.every(({ runs }) => runs.length > 0) && list
  })
  expect(workers.map(({ name }) => name.replace(/\(.*\)/, '(…)')).toSorted()).toEqual(['same', 'same (…)'])
  expect(workers.flatMap(({ runs }) => runs).toSorted()).toEqual(ids.toSorted())
  for (const one of held) one.letGo()
  const done = await Promise.all(ids.map((id) => ended(server, id)))
  expect(done.map(({ run }) => [run.status, run.attempts])).toEqual([1, 2].map(() => ['succeeded', 1]))
})

const mounted: string[] = []
afterEach(() => {
  for (const disk of mounted.splice(0)) execFileSync('umount', ['-l', disk], { stdio: 'ignore' })
})
/** A disk of so many megabytes, and how it is filled to the brim and freed; null where none can be mounted. */
function smallDisk(megabytes: number): { readonly folder: string; fill(): void; free(): void } | null {
  const folder = mkdtempSync(join(tmpdir(), 'graft-small-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return null
  }
  mounted.push(folder)
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill: () => {
      const { bavail, bsize } = statfsSync(folder)
      expect(() => writeFileSync(ballast, Buffer.alloc((bavail + 1) * bsize))).toThrow('ENOSPC')
    },
    free: () => rmSync(ballast),
  }
}

it('a worker whose disk is full fails no run: it gives it back and stops, and takes none before there is room', async (context) => {
  const [filling, full] = [smallDisk(80), smallDisk(10)]
  if (filling === null || full === null) return context.skip()
  const server = await fleet.serve()
  const held = heldCounting(1, 60)
  const id = await start(server, held.document)
  const first = fleet.worker(server, 'first', [], filling.folder)
  await counted(server, id, 'first', 5)
  filling.fill()
  held.letGo()
  await until(async () => first.printed.includes('given back to the queue, because the disk here is full'))
  const none = fleet.worker(server, 'none', [], full.folder)
  await until(async () => none.printed.includes('taking no run'))
  expect((await runOf(server, id)).run).toMatchObject({ status: 'queued', attempts: 1 })
  fleet.worker(server, 'second')
  const { run, state } = await ended(server, id)
  expect(run).toMatchObject({ status: 'succeeded', host: 'second' })
  expect(state.logs.map(({ message }) => message).join()).toContain('The disk of this worker is full')
})

it('a worker waits for a server whose disk is full, and the run ends well once there is room', async (context) => {
  const disk = smallDisk(40)
  if (disk === null) return context.skip()
  const server = await fleet.serve({ home: findHome({ GRAFT_HOME: disk.folder }) })
  const held = heldCounting(1, 60)
  const id = await start(server, held.document)
  const worker = fleet.worker(server, 'one')
  await counted(server, id, 'one', 5)
  disk.fill()
  held.letGo()
  // Long enough for the run to come to its end.
  await new Promise((resolve) => setTimeout(resolve, 2500))
  expect((await runOf(server, id)).run.status).toBe('running')
  disk.free()
  const done = await ended(server, id)
  expect(hashOf(done)).toBe(await undisturbed(1, 60))
  expect((await eventsOf(server, id)).filter(({ type }) => type === 'run-finished')).toHaveLength(1)
  expect(worker.printed).toContain(id)
})

it('a worker that stood still for less than its lease lasts goes on with its run', async () => {
  const server = await fleet.serve({ leaseSeconds: 30 })
  const held = heldCounting(1, 60)
  const id = await start(server, held.document)
  const paused = fleet.worker(server, 'paused')
  await counted(server, id, 'paused', 5)
  paused.signal('SIGSTOP')
  await new Promise((resolve) => setTimeout(resolve, 2000))
  paused.signal('SIGCONT')
  held.letGo()
  expect((await ended(server, id)).run).toMatchObject({ status: 'succeeded', host: 'paused', attempts: 1 })
})

it('a run is not lost for a while when the answer that gave it was: the worker is given it again', async () => {
  const server = await fleet.serve({ leaseSeconds: 600 })
  let lost = 0
  const between = await fleet.proxy(server.address, ({ url }) =>
    url?.endsWith('/workers/take') && ++lost === 1 ? 'lose' : 'pass',
  )
  const id = await start(server, counting(1))
  fleet.worker(between, 'one')
  expect((await ended(server, id)).run).toMatchObject({ status: 'succeeded', attempts: 1 })
  expect(lost).toBeGreaterThan(1)
})
