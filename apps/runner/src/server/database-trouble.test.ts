import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import Libsql from 'libsql'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openDatabase } from '../database/open-database.js'
import { findHome } from '../home.js'
import { RunStore } from '../runs/run-store.js'
import { startTestServer } from '../testing/in-process-server.js'
import type { TestServer } from '../testing/in-process-server.js'
import { graphOf } from '../testing/run-stub-graph.js'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await server.close()
})

const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code })
const full = failure('SQLITE_FULL', 'database or disk is full')
const document = { ...graphOf({ one: { type: 'constant' } }), description: '{"steps":3,"pause":1}' }

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
  const sent = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const answer = await server.send(method, path, sent)
  return { status: answer.status, text: answer.body.toString() }
}
const start = async (): Promise<string> => {
  const { status, text } = await call('POST', '/api/v1/runs', { document })
  expect(status, text).toBe(202)
  return (JSON.parse(text) as { run: { id: string } }).run.id
}
const statusOf = async (id: string): Promise<string> =>
  (JSON.parse((await call('GET', `/api/v1/runs/${id}`)).text) as { run: { status: string } }).run.status

describe('a database that can not be written (faults 3, 16 and 26)', () => {
  it('is waited for, so that the run and the queue behind it end well', async () => {
    const id = await start()
    const real = RunStore.prototype.append
    let failures = 0
    vi.spyOn(RunStore.prototype, 'append').mockImplementation(function (this: RunStore, run, bodies) {
      if (failures < 4) {
        failures += 1
        throw full
      }
      return real.call(this, run, bodies)
    })
    await vi.waitFor(() => expect(failures).toBe(4), { timeout: 60_000 })
    const second = await start()
    await vi.waitFor(async () => expect(await statusOf(second)).toBe('succeeded'), { timeout: 60_000 })
    expect(await statusOf(id)).toBe('succeeded')
  })

  it('never leaves a run that is owned by a living server and looked after by nobody', {
    timeout: 300_000,
  }, async () => {
    const database = openDatabase(findHome({ GRAFT_HOME: server.home }))
    try {
      // What a server is left with that could not write the end of a run.
      const store = new RunStore(database)
      const request = { document, graph: 'g', base: '/', engine: 'auto', ignoreCache: true, debug: false } as const
      const left = store.startNow({ request }).summary.id
      const cancelled = store.startNow({ request }).summary.id
      expect((await call('POST', `/api/v1/runs/${cancelled}/cancel`)).status).toBe(202)
      const waiting = await start()
      await vi.waitFor(async () => expect(await statusOf(waiting)).toBe('succeeded'), { timeout: 60_000 })
      expect(await statusOf(left)).toBe('interrupted')
      expect(await statusOf(cancelled)).toBe('cancelled')
    } finally {
      database.close()
    }
  })

  it('answers 507 when it is full and 503 when it is locked, never 500, and health does not wait', {
    timeout: 300_000,
  }, async () => {
    vi.spyOn(RunStore.prototype, 'enqueue').mockImplementation(() => {
      throw full
    })
    const refused = await call('POST', '/api/v1/runs', { document })
    expect(refused.status, refused.text).toBe(507)
    vi.restoreAllMocks()
    const other = new Libsql(join(server.home, 'graft.db'))
    other.exec('begin immediate')
    try {
      const order: string[] = []
      const request = call('POST', '/api/v1/runs', { document }).finally(() => order.push('run'))
      await pause(50)
      expect((await call('GET', '/healthz').finally(() => order.push('health'))).status).toBe(200)
      expect((await request).status).toBe(503)
      expect(order).toEqual(['health', 'run'])
    } finally {
      other.exec('rollback')
      other.close()
    }
  })
})

describe('a transaction that a full disk has ended', () => {
  it('says that the disk is full, not that it can not be rolled back', () => {
    const database = openDatabase(findHome({ GRAFT_HOME: join(server.home, 'other') }))
    database.get('pragma max_page_count = 1')
    expect(() =>
      database.transaction(() => {
        for (let index = 0; index < 200; index++)
          database.run('insert into states (run, next, body) values (?, 0, ?)', `r${index}`, Buffer.alloc(3000))
      }),
    ).toThrow(/full/)
    database.close()
  })
})
