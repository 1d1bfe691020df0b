import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { emptyDocument } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { DraftStore, mostDrafts } from '../graphs/draft-store.js'
import { openDatabase } from '../database/open-database.js'
import { findHome } from '../home.js'
import { RunStore } from '../runs/run-store.js'
import { startTestServer } from '../testing/in-process-server.js'
import type { TestServer } from '../testing/in-process-server.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

async function call(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly json: Record<string, unknown> }> {
  const answer = await server.send(method, `/api/v1${path}`, {
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = answer.body.toString()
  return { status: answer.status, json: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) }
}

const graph = (name: string): GraphDocument => emptyDocument(name)

describe('drafts', () => {
  it('are kept, listed, given back and forgotten', async () => {
    const draft = { document: graph('Mine'), savedAt: 5000, origin: { graphId: 'abc', version: 3 } }
    expect((await call('PUT', '/drafts/graph-abc', { ...draft, base: null })).status).toBe(200)
    expect((await call('GET', '/drafts')).json.drafts).toEqual([
      { id: 'graph-abc', name: 'Mine', nodes: 0, savedAt: 5000, origin: { graphId: 'abc', version: 3 } },
    ])
    expect((await call('GET', '/drafts/graph-abc')).json).toEqual(draft)
    expect((await call('DELETE', '/drafts/graph-abc')).status).toBe(204)
    expect((await call('GET', '/drafts/graph-abc')).status).toBe(404)
  })

  it('give way only to what was made from them', async () => {
    const keep = (name: string, savedAt: number, base: number | null): ReturnType<typeof call> =>
      call('PUT', '/drafts/new-1', { document: graph(name), savedAt, origin: null, base })
    await keep('First', 1000, null)
    expect((await keep('Of another window', 3000, null)).json.code).toBe('draft-other-here')
    expect((await keep('Second', 2000, 1000)).status).toBe(200)
    // An answer that got lost: the same is sent again.
    expect((await keep('Second', 2000, 1000)).status).toBe(200)
    expect((await call('GET', '/drafts/new-1')).json.document).toMatchObject({ name: 'Second' })
  })

  it('that are not graphs are refused', async () => {
    const { status } = await call('PUT', '/drafts/new-2', {
      document: { some: 'thing' },
      savedAt: 1,
      origin: null,
      base: null,
    })
    expect(status).toBe(422)
  })

  it('are bounded in number and size, and none makes way for another', () => {
    const store = new DraftStore(openDatabase(findHome({ GRAFT_HOME: join(server.home, 'other') })))
    const draft = { document: graph('One'), savedAt: 1, origin: null }
    for (let index = 0; index < mostDrafts; index++) expect(store.keep(`new-${index}`, draft, null)).toBe(null)
    expect(store.keep('new-more', draft, null)).toBe('full')
    expect(store.keep('new-0', { ...draft, savedAt: 2 }, 1)).toBe(null)
    expect(store.list()).toHaveLength(mostDrafts)
    const huge = { ...draft, document: { ...draft.document, description: 'x'.repeat(5_000_001) } }
    expect(store.keep('new-1', huge, null)).toBe('too-large')
  })
})

describe('runs from before a graph was saved', () => {
  it('belong to it from then on; those of other drafts and graphs do not', async () => {
    const runs = new RunStore(openDatabase(findHome({ GRAFT_HOME: server.home })))
    const request = {
      document: graph('Mine'),
      graph: 'server:Mine',
      base: '/',
      engine: 'auto',
      ignoreCache: false,
      debug: false,
    }
    const mine = runs.startNow({ request, draft: 'new-7' }).summary.id
    runs.startNow({ request, draft: 'new-8' })
    const ofAnother = runs.startNow({ request, draft: 'new-7', graphId: 'another' }).summary.id
    const { json } = await call('POST', '/graphs', { document: graph('Mine'), draft: 'new-7' })
    const listed = (await call('GET', `/runs?graph=${String(json.id)}`)).json.runs as { id: string }[]
    expect(listed.map(({ id }) => id)).toEqual([mine])
    expect(runs.find(ofAnother)?.summary.graphId).toBe('another')
    const before = (await call('GET', '/runs?draft=new-8')).json.runs as unknown[]
    expect(before).toHaveLength(1)
  })

  it('have a name and notes that a person gives them, and loses them when they are emptied', async () => {
    const [run] = (await call('GET', '/runs?limit=1')).json.runs as { id: string }[]
    const path = `/runs/${run?.id ?? ''}/description`
    expect((await call('PUT', path, { name: ' Try 3 ', notes: 'lower rate' })).json.run).toMatchObject({
      name: 'Try 3',
      notes: 'lower rate',
    })
    const { json } = await call('PUT', path, { name: '', notes: '' })
    expect(json.run).not.toHaveProperty('name')
    expect(json.run).not.toHaveProperty('notes')
  })
})

describe('uploads', () => {
  const folder = (name: string): string => join(server.home, 'data', name)
  const make = (name: string): void => {
    mkdirSync(join(folder(name), 'cats'), { recursive: true })
    for (const file of ['1.jpg', '2.jpg']) writeFileSync(join(folder(name), 'cats', file), 'x'.repeat(500))
  }

  it('are listed with files and bytes, and deleted by name', async () => {
    make('Field photos')
    const { json } = await call('GET', '/data/uploads')
    expect(json.uploads).toMatchObject([{ name: 'Field photos', files: 2, bytes: 1000, inUse: false }])
    expect((await call('DELETE', `/data/uploads/${encodeURIComponent('Field photos')}`)).status).toBe(204)
    expect(existsSync(folder('Field photos'))).toBe(false)
  })

  it.each(['..', '.upload-1', 'not there', '../home', 'a/b'])('that are none are not deleted: %s', async (name) => {
    expect((await call('DELETE', `/data/uploads/${encodeURIComponent(name)}`)).status).toBe(404)
  })

  it('that a run reads stay until it is over', async () => {
    make('In use')
    const runs = new RunStore(openDatabase(findHome({ GRAFT_HOME: server.home })))
    const document = graph('Reader')
    document.nodes['images'] = { type: 'stub/source', version: 1, params: { path: join(folder('In use'), 'cats') } }
    const { id } = runs.startNow({
      request: { document, graph: 'x', base: '/', engine: 'auto', ignoreCache: false, debug: false },
    }).summary
    const { status, json } = await call('DELETE', '/data/uploads/In%20use')
    expect([status, json.code]).toEqual([409, 'upload-in-use'])
    expect((await call('GET', '/data/uploads')).json.uploads).toMatchObject([{ inUse: true }])
    runs.append(id, [{ type: 'run-finished', status: 'succeeded', outputs: {}, milliseconds: 1 }])
    expect((await call('DELETE', '/data/uploads/In%20use')).status).toBe(204)
  })
})

describe('a graph that somebody saves', () => {
  it('is told to everybody who is connected', async () => {
    const { json } = await call('POST', '/graphs', { document: graph('Shared') })
    const id = String(json.id)
    const socket = new WebSocket(`${server.address.replace('http', 'ws')}/api/v1/live`)
    const told = new Promise((resolve) =>
      socket.on('message', (data) => {
        const message = JSON.parse(String(data)) as { type: string }
        if (message.type === 'welcome')
          void call('PUT', `/graphs/${id}`, { document: graph('Renamed'), baseVersion: 1 })
        if (message.type === 'graph-saved') resolve(message)
      }),
    )
    socket.on('open', () => socket.send(JSON.stringify({ type: 'hello', protocol: 1 })))
    expect(await told).toEqual({ type: 'graph-saved', graph: id, version: 2 })
    socket.close()
  })
})
