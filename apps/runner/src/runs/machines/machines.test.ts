import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from '@graft/graph-schema'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openDatabase } from '../../database/open-database.js'
import type { Database } from '../../database/open-database.js'
import { findHome } from '../../home.js'
import { RunStore } from '../run-store.js'
import { Machines } from './machines.js'

let database: Database
beforeEach(() => {
  database = openDatabase(findHome({ GRAFT_HOME: mkdtempSync(join(tmpdir(), 'graft-machines-')) }))
})
afterEach(() => database.close())

const worker = (id: string): Worker => ({
  ...{ id, name: `worker ${id}`, version: '1', platform: 'p', processor: 'p', cores: 1, memoryTotal: 1 },
  ...{ engines: [], plugins: [] },
})
const machines = (): Machines =>
  new Machines({
    ...{ database, store: new RunStore(database), leaseSeconds: 30 },
    place: 'auto',
    unsuited: (run) => (run === 'hard' ? 'it is too hard' : null),
  })

it('what no worker can do is done here at once, however busy they are, and says why once', () => {
  const all = machines()
  all.seen('a', worker('a'))
  all.seen('b', worker('b'))
  expect([all.runsHere('hard'), all.runsHere('easy'), all.runsHere()]).toEqual([true, false, false])
  expect(all.passedOver('hard')).toEqual([
    "The worker worker a can't take this run: it is too hard.",
    "The worker worker b can't take this run: it is too hard.",
  ])
  expect(all.passedOver('hard')).toEqual([])
})

it('a worker that works since before a start of the server is known by what it said then', () => {
  machines().seen('a', worker('a'))
  const after = machines()
  after.seen('a')
  expect(after.passedOver('hard')).toHaveLength(1)
})

it('workers of one name are told apart, and each keeps what it is called', () => {
  const all = machines()
  const [first, second] = ['1111', '2222'].map((id) => ({ ...worker(id), name: 'same' })) as [Worker, Worker]
  for (const one of [first, second, first, second]) all.seen(one.id, one)
  expect([first, second].map((one) => all.nameOf(one))).toEqual(['same', 'same (2222)'])
  expect(all.workers.list().map(({ name }) => name)).toEqual(expect.arrayContaining(['same', 'same (2222)']))
})

it('a server that stood still waits for its workers before it does their runs itself', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    const all = machines()
    all.expire(() => undefined)
    all.seen('a', worker('a'))
    vi.advanceTimersByTime(600_000)
    all.expire(() => undefined)
    expect(all.runsHere()).toBe(false)
    vi.advanceTimersByTime(10_000)
    expect(all.runsHere()).toBe(true)
  } finally {
    vi.useRealTimers()
  }
})
