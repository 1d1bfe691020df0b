import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from '@graft/graph-schema'
import { afterEach, beforeEach, expect, it } from 'vitest'
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
