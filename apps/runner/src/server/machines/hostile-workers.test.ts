import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seal } from '../../checkpoints/sealed.js'
import { openDatabase } from '../../database/open-database.js'
import { findHome } from '../../home.js'
import { graphOf } from '../../testing/run-stub-graph.js'
import { startTestServer } from '../../testing/in-process-server.js'
import type { TestServer } from '../../testing/in-process-server.js'
import { version } from '../../version.js'

let server: TestServer
let lease = ''
const worker = {
  ...{ id: 'w1', name: 'one', version, platform: 'p', processor: 'p', cores: 1, memoryTotal: 1 },
  engines: [{ id: 'tfjs', device: 'cpu' }],
  plugins: [],
}

beforeAll(async () => {
  server = await startTestServer({ runsOn: 'workers', leaseSeconds: 600, limits: { artifactBytes: 2000 } })
  await call('POST', '/runs', { document: graphOf({ one: { type: 'constant' } }) })
  lease = (await call('POST', '/workers/take', worker)).json.run.lease
})
afterAll(() => server.close())

async function call(
  method: string,
  path: string,
  body?: unknown,
): Promise<{
  readonly status: number
  readonly json: { readonly code: string; readonly run: { readonly lease: string } }
}> {
  const bytes = body instanceof Uint8Array
  const answer = await server.send(method, `/api/v1${path}`, {
    headers: { 'content-type': bytes ? 'application/octet-stream' : 'application/json' },
    ...(body === undefined ? {} : { body: bytes ? body : JSON.stringify(body) }),
  })
  const text = answer.body.toString()
  return { status: answer.status, json: text === '' ? null : JSON.parse(text) }
}
const codeOf = async (...words: Parameters<typeof call>): Promise<string | number> => {
  const { status, json } = await call(...words)
  return json?.code ?? status
}
const sumOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const none = '0'.repeat(32)
const key = 'a'.repeat(64)

describe('who holds no lease', () => {
  it.each([
    ['POST', '/events', { worker: 'w1', from: 0, events: [] }],
    ['POST', '/give-back', undefined],
    ['POST', '/missing-artifacts', { artifacts: [] }],
    ['PUT', `/artifacts/${key}?mediaType=text/plain`, Buffer.from('x')],
    ['GET', `/results/${key}`, undefined],
    ['PUT', `/results/${key}`, {}],
    ['GET', `/checkpoints/${key}`, undefined],
    ['PUT', `/checkpoints/${key}`, Buffer.from('x')],
    ['DELETE', `/checkpoints/${key}`, undefined],
    ['POST', '/needed-files', { type: 'file-length', params: { path: 'a' } }],
    ['POST', '/files', { files: [{ path: '/etc/passwd', bytes: 1 }] }],
  ])('gets and leaves nothing: %s %s', async (method, path, body) => {
    expect(await codeOf(method, `/leases/${none}${path}`, body)).toBe('lease-lost')
  })
})

describe('who holds one', () => {
  it('reads no file outside of the folders that the run may read', async () => {
    for (const path of [
      '/etc/passwd',
      '../home/graft.db',
      join(server.data, '..', 'home', 'graft.db'),
      '~/.ssh/id_rsa',
    ])
      expect(await codeOf('POST', `/leases/${lease}/files`, { files: [{ path, bytes: 10 }] })).toBe(
        'outside-data-roots',
      )
    expect(
      (await call('POST', `/leases/${lease}/needed-files`, { type: 'file-length', params: { path: '/etc/passwd' } }))
        .status,
    ).toBe(422)
  })

  it('gets files only as long as they are as they were listed', async () => {
    const path = join(server.data, 'a.txt')
    writeFileSync(path, 'twelve bytes')
    const files = (bytes: number): Promise<string | number> =>
      server
        .send('POST', `/api/v1/leases/${lease}/files`, {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ files: [{ path, bytes }] }),
        })
        .then(({ status, body }) => (status === 200 ? body.toString() : status))
    expect(await files(12)).toBe('twelve bytes')
    expect(await files(11)).toBe(409)
  })

  it('stores an artifact under its own checksum only, and none above the limit', async () => {
    const [right, large] = [Buffer.from('right'), Buffer.alloc(2001)]
    const put = (sha256: string, bytes: Uint8Array): Promise<string | number> =>
      codeOf('PUT', `/leases/${lease}/artifacts/${sha256}?mediaType=text/plain`, bytes)
    expect(await put(sumOf(right), Buffer.from('wrong'))).toBe('checksum')
    expect((await call('GET', `/artifacts/${sumOf(right)}`)).status).toBe(404)
    expect(await put(sumOf(large), large)).toBe('body-too-large')
    expect(await put(sumOf(right), right)).toBe(204)
    expect((await server.send('GET', `/api/v1/artifacts/${sumOf(right)}`)).body.toString()).toBe('right')
  })

  it('keeps a checkpoint only when it is whole, and a result only under its key, with all that it needs', async () => {
    const put = (bytes: Uint8Array): Promise<string | number> =>
      codeOf('PUT', `/leases/${lease}/checkpoints/${key}`, bytes)
    const whole = Buffer.concat(seal(Buffer.from('state')))
    expect(await put(whole.subarray(0, -1))).toBe('checksum')
    expect(await put(Buffer.from('short'))).toBe('checksum')
    expect((await call('GET', `/leases/${lease}/checkpoints/${key}`)).status).toBe(404)
    expect(await put(whole)).toBe(204)
    expect((await server.send('GET', `/api/v1/leases/${lease}/checkpoints/${key}`)).body).toEqual(whole)
    const result = {
      key,
      type: 't',
      outputs: {},
      blobs: [sumOf(Buffer.from('nowhere'))],
      notices: [],
      milliseconds: 1,
      time: '',
    }
    expect(await codeOf('PUT', `/leases/${lease}/results/${key}`, result)).toBe('result-invalid')
    expect(await codeOf('PUT', `/leases/${lease}/results/${'b'.repeat(64)}`, { ...result, blobs: [] })).toBe(
      'result-invalid',
    )
    expect(await codeOf('PUT', `/leases/${lease}/results/${key}`, { ...result, blobs: [] })).toBe(204)
  })
})

describe('a worker', () => {
  it('of another version gets no run', async () => {
    expect(await codeOf('POST', '/workers/take', { ...worker, version: '0.0.1' })).toBe('worker-version')
  })

  it('gets the other runs when the request of one is damaged, and that one says so', async () => {
    const document = graphOf({ one: { type: 'constant' } })
    const start = async (): Promise<string> =>
      ((await call('POST', '/runs', { document })).json.run as unknown as { id: string }).id
    const [damaged, whole] = [await start(), await start()]
    const database = openDatabase(findHome({ GRAFT_HOME: server.home }))
    database.run("update runs set request = '{' where id = ?", damaged)
    database.close()
    const { run } = (await call('POST', '/workers/take', { ...worker, id: 'w2' })).json
    expect(run).toMatchObject({ run: whole })
    const events = (await server.send('GET', `/api/v1/runs/${damaged}/events`)).body.toString()
    expect(events).toContain('what the database holds of it is damaged')
  })

  it('that lacks the engine is passed over, and the run says why', async () => {
    const document = graphOf({ one: { type: 'constant' } })
    const { json } = await call('POST', '/runs', { document, device: 'cuda' })
    const four = { ...worker, id: 'w4', name: 'four' }
    expect((await call('POST', '/workers/take', four)).json.run).toBeNull()
    await call('POST', '/workers/take', four)
    const { id } = json.run as unknown as { id: string }
    const events = (await server.send('GET', `/api/v1/runs/${id}/events`)).body.toString()
    expect(events.match(/The worker four can't take this run: it has no engine \\"cuda\\"/g)).toHaveLength(1)
    expect(
      (await call('POST', '/workers/take', { ...worker, id: 'w3', engines: [{ id: 'onnx', device: 'cuda' }] })).json
        .run,
    ).not.toBeNull()
  })
})
