import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunEventBody } from '@graft/graph-schema'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DatabaseError, openDatabase } from '../database/open-database.js'
import type { Database } from '../database/open-database.js'
import { GraphStore } from '../graphs/graph-store.js'
import { findHome } from '../home.js'
import type { Home } from '../home.js'
import { graphOf } from '../testing/run-stub-graph.js'
import { ageOf, isAlive, ownIdentity, readIdentity } from './process-identity.js'
import { RunStore } from './run-store.js'
import { keepAsBefore } from './testing/keep-as-before.js'
import type { NewRun } from './run-store.js'

let home: Home
let database: Database
let store: RunStore

beforeEach(() => {
  home = findHome({ GRAFT_HOME: mkdtempSync(join(tmpdir(), 'graft-store-')) })
  database = openDatabase(home)
  store = new RunStore(database)
})
afterEach(() => database.close())

const newRun = (changes: Partial<NewRun> = {}, name = 'graph'): NewRun => ({
  request: {
    document: { ...graphOf({}), name },
    graph: 'g',
    base: '/',
    engine: 'auto',
    ignoreCache: true,
    debug: false,
  },
  ...changes,
})
const enqueue = (changes: Partial<NewRun> = {}): string => store.enqueue(newRun(changes)).run.summary.id
const started: RunEventBody = { type: 'run-started', graph: 'g', nodes: ['a', 'b'], engine: 'onnx' }
const finished = (status: 'succeeded' | 'failed' | 'cancelled'): RunEventBody => ({
  type: 'run-finished',
  status,
  outputs: {},
  milliseconds: 1,
})
const blob = { sha256: 'b'.repeat(64), bytes: 1, mediaType: 'image/png' }

describe('a run of very many events (fault 11 and 23)', () => {
  const progress = (done: number): RunEventBody => ({
    type: 'node-progress',
    node: 'a',
    done,
    total: 20_000,
    unit: 'images',
    etaSeconds: null,
  })
  const readPages = (): number[] => {
    const pages: number[] = []
    const [all, get] = [database.all.bind(database), database.get.bind(database)]
    database.all = (sql, ...values) => {
      const rows = all(sql, ...values)
      if (sql.includes('from events')) pages.push(rows.length)
      return rows
    }
    database.get = (sql, ...values) => {
      const row = get(sql, ...values)
      if (sql.includes('from event_pages') && row) {
        const { first, last } = row as { first: number; last: number }
        pages.push(last - first + 1)
      }
      return row
    }
    return pages
  }

  it('is added up while it is written, so that whoever opens it reads little', () => {
    const id = enqueue()
    store.append(id, [started])
    for (let batch = 0; batch < 12; batch++)
      store.append(
        id,
        Array.from({ length: 1000 }, (_, index) => progress(batch * 1000 + index)),
      )
    const pages = readPages()
    expect(store.prepareState(id)).toBeNull()
    expect(store.state(id)).toMatchObject({ next: 12_002, nodes: { a: { progress: { done: 11_999 } } } })
    expect(pages.reduce((sum, rows) => sum + rows, 0)).toBeLessThanOrEqual(2 * 5000)
  })

  it('and of an older Graft is added up piece by piece, with others served in between', async () => {
    const id = enqueue()
    store.append(id, [started])
    for (let batch = 0; batch < 12; batch++)
      store.append(
        id,
        Array.from({ length: 1000 }, (_, index) => progress(batch * 1000 + index)),
      )
    keepAsBefore(database, id)
    database.run('delete from states')
    const pages = readPages()
    let turns = 0
    const others = setInterval(() => turns++, 0)
    await store.prepareState(id)
    clearInterval(others)
    expect(Math.max(...pages)).toBe(5000)
    expect(turns).toBeGreaterThan(0)
    expect(store.state(id)).toMatchObject({ next: 12_002, nodes: { a: { progress: { done: 11_999 } } } })
  })

  it('whose sum is damaged is added up again (fault 7)', () => {
    const id = enqueue()
    store.append(id, [started, ...Array.from({ length: 600 }, (_, index) => progress(index))])
    expect(store.state(id).next).toBe(602)
    database.run("update states set body = x'7b'")
    expect(store.state(id)).toMatchObject({ next: 602, nodes: { a: { progress: { done: 599 } } } })
  })
})

describe('a damaged row that waits or runs (fault 7)', () => {
  it.each(['queued', 'running'] as const)('%s keeps no other run waiting', (status) => {
    const bad = enqueue()
    const good = enqueue()
    database.run("update runs set status = ?, problem = '{broken' where id = ?", status, bad)
    expect(store.interruptOrphans()).toEqual([])
    expect(store.claim(1)?.summary.id).toBe(good)
    expect(store.list().map(({ summary }) => summary.id)).toContain(bad)
  })
})

describe('a database whose layout number is gone (fault 7)', () => {
  it('is called damaged, not blamed on the disk', () => {
    enqueue()
    database.run('pragma user_version = 0')
    database.close()
    expect(() => openDatabase(home)).toThrow(/damaged: it has tables, but the number of their layout is gone/)
    database = openDatabase(findHome({ GRAFT_HOME: mkdtempSync(join(tmpdir(), 'graft-store-')) }))
  })
})

describe('what a run says in lists', () => {
  it('is how long it took, whatever was done to the clock meanwhile (fault 6)', () => {
    const id = store.startNow(newRun()).summary.id
    store.append(id, [started])
    database.run("update runs set started_at = '2031-01-01T00:00:00.000Z' where id = ?", id)
    store.append(id, [{ ...finished('succeeded'), milliseconds: 90_000 } as RunEventBody])
    expect(store.find(id)?.summary.finishedAt).toBe('2031-01-01T00:01:30.000Z')
  })

  it('is that it is damaged, while the others are listed as ever (fault 7)', () => {
    const good = enqueue()
    const bad = enqueue()
    database.run("update runs set problem = '{broken' where id = ?", bad)
    const runs = new Map(store.list().map(({ summary }) => [summary.id, summary]))
    expect(runs.get(good)?.status).toBe('queued')
    expect(runs.get(bad)).toMatchObject({ status: 'failed', problem: { code: 'run-damaged' } })
  })
})

describe('a damaged database (fault 7)', () => {
  it('is called that, with the table that is missing, and not a full disk', () => {
    database.run('drop table states')
    expect(() => openDatabase(home)).toThrow(/is damaged: it has no table "states"/)
  })
})

describe('the queue', () => {
  it('is worked off by priority, then in order, with those at the front before everything', () => {
    const ids = {
      first: enqueue(),
      second: enqueue(),
      urgent: enqueue({ priority: 5 }),
      front: enqueue({ front: true }),
      frontmost: enqueue({ front: true }),
    }
    expect(store.queued().map(({ summary }) => summary.id)).toEqual([
      ids.frontmost,
      ids.front,
      ids.urgent,
      ids.first,
      ids.second,
    ])
    expect(store.moveToFront(ids.second)).toBe(true)
    expect(store.claim(1)?.summary).toMatchObject({ id: ids.second, status: 'running', attempts: 1 })
    expect(store.moveToFront(ids.second)).toBe(false)
  })

  it('gives out as many at once as a device takes, and no run twice', () => {
    for (let index = 0; index < 4; index++) enqueue()
    const claimed = [store.claim(2), store.claim(2)].map((run) => run?.summary.id)
    expect(new Set(claimed).size).toBe(2)
    expect(store.claim(2)).toBeNull()
    store.append(claimed[0] as string, [finished('succeeded')])
    expect(store.claim(2)).not.toBeNull()
  })

  it('lets a run wait only for others that may be on its device, once they know it', () => {
    const on = (device: 'auto' | 'cpu' | 'cuda'): string => enqueue({ request: { ...newRun().request, device } })
    const [open, cpu, cuda] = [on('auto'), on('cpu'), on('cuda')]
    expect(store.claim(1)?.summary).toMatchObject({ id: open, device: 'auto' })
    expect(store.claim(1)).toBeNull()
    store.append(open, [started, { type: 'engine-chosen', engine: 'onnx on cuda', device: 'cuda' }])
    expect(store.find(open)?.summary.device).toBe('cuda')
    expect(store.claim(1)?.summary).toMatchObject({ id: cpu, device: 'cpu' })
    expect(store.claim(1)).toBeNull()
    store.append(open, [finished('failed')])
    expect(store.claim(1)?.summary.id).toBe(cuda)
    store.requeue(open, false)
    expect(store.find(open)?.summary.device, 'may be another one the next time').toBe('auto')
    expect(store.requestOf(open).prefers, 'to go on from its checkpoints').toBe('onnx on cuda')
  })

  it('lets a waiting run be cancelled at once, and a running one by the process that looks after it', () => {
    const [waiting, running] = [enqueue(), enqueue({ front: true })]
    store.claim(1)
    expect(store.requestCancel(waiting).map(({ type }) => type)).toEqual(['run-finished'])
    expect(store.requestCancel(running)).toEqual([])
    expect([store.find(waiting)?.summary.status, store.find(running)?.cancelRequested]).toEqual(['cancelled', true])
  })
})

describe('events', () => {
  it('are numbered without gaps, over two connections too, and keep the list up to date', () => {
    const run = enqueue()
    const other = openDatabase(home)
    store.append(run, [started, { type: 'node-started', node: 'a' }])
    new RunStore(other).append(run, [
      {
        type: 'node-finished',
        node: 'a',
        outputs: {
          m: {
            kind: 'metrics',
            task: 'single-label',
            split: 'val',
            count: 3,
            primary: 'accuracy',
            values: { accuracy: 0.5 },
            metrics: [{ name: 'accuracy', title: 'Accuracy', better: 'higher', format: 'percent' }],
            detail: { sha256: 'a'.repeat(64), bytes: 1, mediaType: 'application/json' },
          },
        },
        milliseconds: 1,
      },
    ])
    store.append(run, [{ type: 'preview', node: 'b', title: 'x', blob }])
    expect(store.events(run).map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4])
    expect(store.find(run)?.summary).toMatchObject({
      progress: { done: 1, total: 2 },
      headline: { metric: { name: 'accuracy' }, value: 0.5, split: 'val' },
    })
    expect(store.state(run)).toMatchObject({ next: 5, nodes: { a: { status: 'done' } } })
    other.close()
  })

  it('are written together or not at all', () => {
    const run = enqueue()
    const broken = {
      type: 'node-failed',
      node: 'a',
      get problem(): never {
        throw new Error('broken')
      },
    } as unknown as RunEventBody
    expect(() => store.append(run, [started, broken])).toThrow('broken')
    expect(store.events(run)).toHaveLength(1)
    expect(store.find(run)?.summary.status).toBe('queued')
  })
})

describe('a run whose process is gone', () => {
  it('is marked as interrupted, keeps its events, and can be resumed with the cache', () => {
    const run = enqueue()
    store.claim(1)
    store.append(run, [started])
    expect(store.interruptOrphans()).toEqual([])
    database.run('update runs set owner = ? where id = ?', JSON.stringify({ ...ownIdentity, pid: 2 ** 22 - 1 }), run)
    expect(store.interruptOrphans().map(({ events }) => events[0]?.type)).toEqual(['run-interrupted'])
    expect(store.interruptOrphans()).toEqual([])
    expect(store.find(run)?.summary).toMatchObject({ status: 'interrupted' })
    expect(store.requeue(run, false)?.[0]?.sequence).toBe(3)
    expect(store.requestOf(run).ignoreCache).toBe(false)
    expect(store.claim(1)?.summary).toMatchObject({ id: run, attempts: 2 })
  })

  it('is not resumed when it succeeded, waits or runs', () => {
    const run = enqueue()
    expect(store.requeue(run, false)).toBeNull()
    store.claim(1)
    expect(store.requeue(run, false)).toBeNull()
    store.append(run, [started, finished('succeeded')])
    expect(store.requeue(run, false)).toBeNull()
  })

  it('is told from another process that got its number', () => {
    expect(isAlive(ownIdentity)).toBe(true)
    expect(isAlive({ ...ownIdentity, started: '1' })).toBe(false)
    expect(readIdentity('{"pid":"x"}')).toBeNull()
  })
})

describe('how long a run has been running (fault 6)', () => {
  it('is the age of its process, wherever the clock has been set meanwhile', () => {
    const id = enqueue()
    store.claim(1)
    store.append(id, [started])
    expect(store.find(id)?.summary.runningMilliseconds).toBeUndefined()
    store.setWorker(id, ownIdentity)
    database.run("update runs set started_at = '2031-01-01T00:00:00.000Z' where id = ?", id)
    const told = store.find(id)?.summary.runningMilliseconds
    if (ownIdentity.started === '') expect(told).toBeUndefined()
    // Whatever this process has needed so far: not the years by which the clock differs.
    else expect(told).toBeGreaterThan(0)
    expect(told ?? 0).toBeLessThan(86_400_000)
    store.append(id, [finished('succeeded')])
    expect(store.find(id)?.summary.runningMilliseconds).toBeUndefined()
  })

  it('is counted in hundredths of a second since the system started', () => {
    expect(ageOf({ pid: 1, started: '200' }, 5000)).toBe(3000)
    expect(ageOf({ pid: 1, started: '' }, 5000)).toBeNull()
  })
})

describe('what is kept', () => {
  it('are the blobs of every run that is known, nested ones included, until it is removed', () => {
    const run = enqueue()
    store.append(run, [
      started,
      { type: 'preview', node: 'a', title: 'x', blob },
      { type: 'node-finished', node: 'a', outputs: {}, milliseconds: 1, blobs: ['c'.repeat(64)] },
    ])
    expect(store.keptBlobs()).toEqual(new Set([blob.sha256, 'c'.repeat(64)]))
    expect(store.remove(run)).toBe(false)
    store.append(run, [finished('failed')])
    expect(store.remove(run)).toBe(true)
    expect([store.keptBlobs().size, store.find(run), store.events(run)]).toEqual([0, null, []])
  })

  it('is listed newest first, page by page', () => {
    const ids = Array.from({ length: 5 }, () => enqueue())
    const first = store.list({ limit: 2 }).map(({ summary }) => summary.id)
    const second = store.list({ limit: 10, before: first.at(-1) as string }).map(({ summary }) => summary.id)
    expect(new Set([...first, ...second])).toEqual(new Set(ids))
    expect(store.list({ graph: 'none' })).toEqual([])
  })
})

describe('graphs', () => {
  it('keep every version, refuse to overwrite what was changed elsewhere, and come back from the trash', () => {
    const graphs = new GraphStore(database)
    const document = (name: string) => ({ ...graphOf({}), name })
    const { id } = graphs.create(document('one'))
    expect(graphs.save(id, document('two'), 1)).toEqual({ version: 2 })
    expect(graphs.save(id, document('two'), 2)).toEqual({ version: 2 })
    expect(graphs.save(id, document('three'), 1)).toEqual({ conflict: 2 })
    expect(graphs.restoreVersion(id, 1)).toBe(3)
    expect(graphs.get(id)?.document.name).toBe('one')
    expect(graphs.versions(id)?.map(({ version }) => version)).toEqual([3, 2, 1])
    expect([graphs.remove(id), graphs.remove(id), graphs.get(id), graphs.trash().length]).toEqual([
      true,
      false,
      null,
      1,
    ])
    expect(graphs.save(id, document('x'), 3)).toBeNull()
    expect([graphs.restore(id), graphs.list()[0]?.name]).toEqual([3, 'one'])
  })
})

describe('the database', () => {
  it('of a newer Graft is left alone', () => {
    database.run('pragma user_version = 99')
    expect(() => openDatabase(home)).toThrow(DatabaseError)
  })
})
