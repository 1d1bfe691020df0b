import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunEventBody } from '@graft/graph-schema'
import { createRandom } from '@graft/network'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Database, DatabaseError, openDatabase } from '../database/open-database.js'
import { findHome } from '../home.js'
import { graphOf } from '../testing/run-stub-graph.js'
import { packEvents } from './event-pages.js'
import { RunStore } from './run-store.js'
import { keepAsBefore } from './testing/keep-as-before.js'

let database: Database
let store: RunStore

beforeEach(() => {
  database = openDatabase(findHome({ GRAFT_HOME: mkdtempSync(join(tmpdir(), 'graft-pages-')) }))
  store = new RunStore(database)
})
afterEach(() => database.close())

const request = {
  ...{ document: graphOf({}), graph: 'g', base: '/', engine: 'auto', ignoreCache: false, debug: false },
} as const
const end: RunEventBody = { type: 'run-finished', status: 'succeeded', outputs: {}, milliseconds: 1 }

/** What a small training tells: ten nodes with plans that hardly differ, and a curve of 500 points. */
function told(seed: number): RunEventBody[] {
  const random = createRandom(seed)
  const layer = (index: number): object => ({
    name: `conv_${index}`,
    type: 'conv',
    inputs: [`relu_${index - 1}`],
    source: { blob: Array.from({ length: 64 }, () => Math.floor(16 * random()).toString(16)).join('') },
  })
  const layers = Array.from({ length: 60 }, (_, index) => layer(index))
  return [
    { type: 'run-started', graph: 'g', nodes: ['a'], engine: 'onnx' },
    ...Array.from({ length: 500 }, (_, step): RunEventBody => {
      return {
        ...{ type: 'metric', node: 'train', name: 'loss', split: 'train', phase: 'head', epoch: 1, step },
        ...{ value: random(), metric: { name: 'loss', title: 'Loss', better: 'lower', format: 'number' } },
      }
    }),
    ...Array.from({ length: 10 }, (_, node): RunEventBody => {
      const outputs = { model: { network: { layers: [...layers, layer(100 + node)] } } }
      return { type: 'node-finished', node: `n${node}`, outputs, milliseconds: 1 }
    }),
  ]
}

function databaseBytes(): number {
  const number = (pragma: string): number =>
    z.number().parse(Object.values(database.get(`pragma ${pragma}`) as Record<string, unknown>)[0])
  return number('page_count') * number('page_size')
}

describe('what runs have told (fault 27: the database grew by 0.2 to 0.4 MB per small run)', () => {
  it('takes a tenth of its text', () => {
    let text = 0
    for (let run = 0; run < 20; run++) {
      const { id } = store.startNow({ request }).summary
      store.append(id, told(run))
      store.append(id, [end])
      text += store.eventTexts(id, 0, 10_000).reduce((sum, { body }) => sum + body.length, 0)
      store.state(id)
    }
    expect(text / 20).toBeGreaterThan(150_000)
    // Packed events and state, and the room that one run's events took before they were packed.
    expect(databaseBytes()).toBeLessThan(20 * 30_000 + 600_000)
  })

  it('is given back as it was told, from every event on, whether packed or not', () => {
    const { id } = store.startNow({ request }).summary
    const first = store.append(id, told(1))
    const before = store.eventTexts(id, 0, 10_000)
    store.append(id, [{ type: 'run-interrupted', message: 'killed' }])
    expect(database.all('select sequence from events where run = ?', id)).toEqual([])
    const again = store.append(store.resumeNow(id)?.summary.id ?? '', told(2))
    const all = store.events(id)
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => index))
    expect(store.eventTexts(id, 0, before.length)).toEqual(before)
    expect(all.slice(0, first.length)).toEqual(first)
    expect(all.slice(-again.length)).toEqual(again)
    for (const from of [0, 1, 510, 511, 512, 513, 600, 2000])
      for (const limit of [1, 3, 100, 10_000])
        expect(store.events(id, from, limit), `${from} ${limit}`).toEqual(all.slice(from, from + limit))
  })

  it('by an older Graft reads as before, adds up to the same and is packed by a clean-up', () => {
    const { id } = store.startNow({ request }).summary
    store.append(id, [...told(3), end])
    const [events, state] = [store.events(id), store.state(id)]
    keepAsBefore(database, id)
    database.run('delete from states')
    expect(store.events(id)).toEqual(events)
    expect(store.state(id)).toEqual(state)
    expect([store.packOlder(), store.packOlder()]).toEqual([1, 0])
    expect(store.events(id)).toEqual(events)
  })

  it('in events of a megabyte goes into a page each', () => {
    const { id } = store.startNow({ request }).summary
    const log = (text: string): RunEventBody => ({ type: 'log', level: 'info', message: text.repeat(1_100_000) })
    store.append(id, [log('a'), log('b'), log('c'), end])
    expect(database.all('select first, last from event_pages where run = ?', id)).toEqual([
      { first: 0, last: 0 },
      { first: 1, last: 1 },
      { first: 2, last: 2 },
      { first: 3, last: 3 },
    ])
    expect(store.events(id, 2, 1)[0]).toMatchObject({ sequence: 2, message: 'c'.repeat(1_100_000) })
  })

  it('is there for a reader while another process packs it', () => {
    const { id } = store.startNow({ request }).summary
    const events = store.append(id, told(4))
    const all = database.all.bind(database)
    database.all = (sql, ...values) => {
      const rows = all(sql, ...values)
      database.all = all
      // Right after the reader has looked at the loose ones.
      if (sql.includes('from events')) packEvents(database, id)
      return rows
    }
    expect(store.events(id)).toEqual(events)
  })

  it('is called damaged where it is, with what to do, and other runs are read as ever', () => {
    const bad = store.startNow({ request }).summary.id
    store.append(bad, [...told(5), end])
    const good = store.startNow({ request }).summary.id
    store.append(good, [...told(6), end])
    for (const body of ["x'00'", 'zeroblob(4000)', 'substr(body, 1, 500)']) {
      database.run(`update event_pages set body = ${body} where run = ?`, bad)
      expect(() => store.events(bad)).toThrow(DatabaseError)
      expect(() => store.events(bad)).toThrow(/damaged/)
    }
    expect(store.events(good)).toHaveLength(512)
    expect(store.remove(bad)).toBe(true)
    expect(database.all('select run from event_pages where run = ?', bad)).toEqual([])
  })
})
