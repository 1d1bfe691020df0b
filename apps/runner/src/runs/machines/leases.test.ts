import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunEventBody } from '@graft/graph-schema'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../database/open-database.js'
import type { Database } from '../../database/open-database.js'
import { findHome } from '../../home.js'
import { graphOf } from '../../testing/run-stub-graph.js'
import { RunStore } from '../run-store.js'
import { LeaseLost, Leases } from './leases.js'
import { LeaseWatch } from './lease-watch.js'

let database: Database
let store: RunStore
let leases: Leases
beforeEach(() => {
  database = openDatabase(findHome({ GRAFT_HOME: mkdtempSync(join(tmpdir(), 'graft-leases-')) }))
  store = new RunStore(database)
  leases = new Leases(database, store)
})
afterEach(() => database.close())

const request = {
  document: graphOf({}),
  graph: 'g',
  base: '/',
  engine: 'auto',
  ignoreCache: true,
  debug: false,
} as const
const log = (message: string): RunEventBody => ({ type: 'log', level: 'info', message })
const finished: RunEventBody = { type: 'run-finished', status: 'succeeded', outputs: {}, milliseconds: 1 }

function taken(host = 'one'): { readonly id: string; readonly lease: string } {
  const id = store.enqueue({ request }).run.summary.id
  const found = leases.take(host, () => true)
  if (found === null) throw new Error('no run was taken')
  return { id, lease: found.lease }
}
const messagesOf = (id: string): readonly string[] =>
  store.events(id).flatMap((event) => (event.type === 'log' ? [event.message] : []))

describe('a run on another machine', () => {
  it('is taken by one machine only, in the order of the queue, by one that suits', () => {
    const [first, second] = [store.enqueue({ request }), store.enqueue({ request, priority: 1 })]
    expect(leases.take('one', () => true)?.run.summary).toMatchObject({ id: second.run.summary.id, host: 'one' })
    expect(leases.take('two', ({ summary }) => summary.id !== first.run.summary.id)).toBeNull()
    expect(leases.take('two', () => true)?.run.summary.id).toBe(first.run.summary.id)
    expect(leases.take('three', () => true)).toBeNull()
    expect(store.claim(4)).toBeNull()
  })

  it('is not called orphaned by commands that find no process for it', () => {
    const { id } = taken()
    expect(store.interruptOrphans()).toEqual([])
    expect(store.find(id)?.summary.status).toBe('running')
  })

  it('has every event once, also when an answer got lost and it is told again', () => {
    const { id, lease } = taken()
    leases.tell(lease, 0, [log('a'), log('b')])
    leases.tell(lease, 0, [log('a'), log('b'), log('c')])
    leases.tell(lease, 3, [])
    expect(() => leases.tell(lease, 5, [log('f')])).toThrow(LeaseLost)
    expect(messagesOf(id).slice(1)).toEqual(['a', 'b', 'c'])
  })

  it('ends once: who told the end, or was late, has no lease any more', () => {
    const { id, lease } = taken()
    leases.tell(lease, 0, [finished])
    expect(() => leases.tell(lease, 1, [finished])).toThrow(LeaseLost)
    expect(leases.end(lease, 'late')).toEqual([])
    expect(store.find(id)?.summary).toMatchObject({ status: 'succeeded', host: 'one' })
  })

  it('goes to the front of the queue when its machine is gone, and that one can write nothing any more', () => {
    const { id, lease } = taken()
    store.enqueue({ request })
    leases.end(lease, 'gone')
    expect(store.queued()[0]?.summary.id).toBe(id)
    const again = leases.take('two', () => true)
    expect(again?.run.summary).toMatchObject({ id, host: 'two', attempts: 2 })
    expect(() => leases.tell(lease, 0, [log('from the grave'), finished])).toThrow(LeaseLost)
    expect(messagesOf(id)).not.toContain('from the grave')
  })

  it('loses no attempt when its machine is told to stop and gives it back', () => {
    const { id, lease } = taken()
    leases.giveBack(lease, 'stopped')
    expect(store.find(id)?.summary).toMatchObject({ status: 'queued', attempts: 0 })
    expect(leases.take('two', () => true)?.run.summary).toMatchObject({ id, attempts: 1 })
  })

  it('stays interrupted when its request is damaged', () => {
    const { id, lease } = taken()
    database.run("update runs set request = '{' where id = ?", id)
    leases.end(lease, 'gone')
    expect(store.find(id)?.summary.status).toBe('interrupted')
  })

  it('stays interrupted after five machines, and is cancelled where somebody wanted that', () => {
    const { id } = taken()
    for (let attempt = 1; attempt <= 5; attempt++) {
      leases.end(store.find(id)?.lease ?? '', 'gone')
      leases.take('next', () => true)
    }
    expect(store.find(id)?.summary).toMatchObject({ status: 'interrupted', attempts: 5 })
    const stopped = taken()
    store.requestCancel(stopped.id)
    expect(leases.tell(stopped.lease, 0, []).cancel).toBe(true)
    leases.end(stopped.lease, 'gone')
    expect(store.find(stopped.id)?.summary.status).toBe('cancelled')
  })
})

describe('silence', () => {
  it('is counted from the last sign of life, and anew by whoever begins to watch', () => {
    const { lease } = taken()
    let now = 0
    const watch = new LeaseWatch(1000, () => now)
    const silent = (): number => watch.silent(leases.all()).length
    expect(silent()).toBe(0)
    now = 900
    leases.tell(lease, 0, [])
    expect(silent()).toBe(0)
    now = 1800
    expect(silent()).toBe(0)
    now = 1901
    expect(silent()).toBe(1)
    expect(new LeaseWatch(1000, () => now).silent(leases.all())).toHaveLength(0)
  })

  it('is none of the machines while the server itself stood still', () => {
    const { lease } = taken()
    let now = 0
    const watch = new LeaseWatch(30_000, () => now)
    const look = (after: number): number => {
      now += after
      return watch.silent(leases.all()).length
    }
    expect(look(0)).toBe(0)
    expect([look(250), look(600_000)]).toEqual([0, 0])
    leases.tell(lease, 0, [])
    expect([look(250), look(600_000), look(250)]).toEqual([0, 0, 0])
    const looks = Array.from({ length: 130 }, () => look(250))
    expect(looks.indexOf(1)).toBe(115)
  })
})
