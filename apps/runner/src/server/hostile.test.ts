import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { problemDetailsSchema } from '@graft/graph-schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { findHome } from '../home.js'
import { openBlobStore } from '../store/file-blob-store.js'
import { startTestServer } from '../testing/in-process-server.js'
import type { RawAnswer, TestServer } from '../testing/in-process-server.js'
import { makeZip } from '../testing/make-zip.js'
import { graphOf } from '../testing/run-stub-graph.js'

const token = 'a'.repeat(40)
let server: TestServer
let guarded: TestServer

beforeAll(async () => {
  server = await startTestServer({
    limits: {
      jsonBytes: 200_000,
      uploadBytes: 300_000,
      unpackedBytes: 3_000_000,
      uploadFiles: 50,
      imageBytes: 50_000,
      requestsPerSecond: 10_000,
      expensivePerSecond: 10_000,
    },
  })
  guarded = await startTestServer({ token })
  mkdirSync(join(server.data, 'images'))
  writeFileSync(join(server.data, 'images', 'note.txt'), 'no image')
  writeFileSync(join(dirname(server.data), 'secret.txt'), 'secret')
  symlinkSync(join(dirname(server.data), 'secret.txt'), join(server.data, 'link.jpg'))
  symlinkSync('/', join(server.data, 'everything'))
})
afterAll(async () => {
  await server.close()
  await guarded.close()
})

const json = (body: unknown): { headers: Record<string, string>; body: string } => ({
  headers: { 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const zip = (entries: Parameters<typeof makeZip>[0]): { headers: Record<string, string>; body: Uint8Array } => ({
  headers: { 'content-type': 'application/zip' },
  body: makeZip(entries),
})
const form = (name: string, content = 'x'): { headers: Record<string, string>; body: string } => ({
  headers: { 'content-type': 'multipart/form-data; boundary=B' },
  body: `--B\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: image/jpeg\r\n\r\n${content}\r\n--B--\r\n`,
})
const image = new TextEncoder().encode('an image, nearly')
const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
const document = graphOf({ one: { type: 'constant' } })

/** All that is on disk, but for the database and its logs, which hold what was asked for. */
function filesOf(directory: string): string[] {
  const under = (path: string): string[] =>
    readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? under(join(path, entry.name)) : [join(path, entry.name)],
    )
  return under(directory)
    .filter((path) => !/graft\.db/.test(path))
    .map(
      (path) =>
        `${path} ${lstatSync(path).isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'link'}`,
    )
    .toSorted()
}

type Case = readonly [
  title: string,
  statuses: readonly number[],
  method: string,
  path: string,
  options?: { readonly headers?: Readonly<Record<string, string>>; readonly body?: Uint8Array | string },
]

const cases = (): Case[] => [
  // Under a foreign name, or from a foreign page.
  ['another host name', [403], 'GET', '/api/v1/nodes', { headers: { host: 'evil.example' } }],
  [
    'another host name with our port',
    [403],
    'GET',
    '/api/v1/nodes',
    { headers: { host: `evil.example:${server.port}` } },
  ],
  ['a host that only begins well', [403], 'GET', '/api/v1/nodes', { headers: { host: 'localhost.evil.example' } }],
  ['a host that is not a host', [400, 403], 'GET', '/api/v1/nodes', { headers: { host: 'localhost/../x' } }],
  ['another origin', [403], 'GET', '/api/v1/nodes', { headers: { origin: 'https://evil.example' } }],
  [
    'another port of this machine',
    [403],
    'POST',
    '/api/v1/validate',
    { ...json({ document }), headers: { 'content-type': 'application/json', origin: 'http://localhost:1' } },
  ],
  ['an opaque origin', [403], 'GET', '/api/v1/nodes', { headers: { origin: 'null' } }],
  [
    'a cross-site fetch without an origin',
    [403],
    'GET',
    '/api/v1/runs',
    { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } },
  ],
  [
    'a form of another site',
    [403],
    'POST',
    '/api/v1/runs/cancel-all',
    { headers: { origin: 'https://evil.example', 'content-type': 'text/plain' } },
  ],
  // Bodies.
  ['text that is no JSON', [400], 'POST', '/api/v1/validate', json('{"document":')],
  [
    'a form where JSON belongs',
    [415],
    'POST',
    '/api/v1/validate',
    { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'document=1' },
  ],
  ['no media type', [415], 'POST', '/api/v1/validate', { body: '{}' }],
  [
    'compressed JSON',
    [415],
    'POST',
    '/api/v1/validate',
    { headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }, body: 'x' },
  ],
  ['a body that is too large', [413], 'POST', '/api/v1/validate', json(`"${'x'.repeat(250_000)}"`)],
  [
    'a length that is a lie upwards',
    [413],
    'POST',
    '/api/v1/validate',
    { headers: { 'content-type': 'application/json', 'content-length': '999999999' }, body: '' },
  ],
  ['deep nesting of objects', [400], 'POST', '/api/v1/validate', json(`{"document":${nested(5000)}}`)],
  [
    'deep nesting of lists',
    [400],
    'POST',
    '/api/v1/validate',
    json(`{"document":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`),
  ],
  ['a __proto__ key', [400], 'POST', '/api/v1/validate', json('{"document":{"__proto__":{"polluted":1}}}')],
  [
    'a __proto__ key deep inside',
    [400],
    'POST',
    '/api/v1/graphs',
    json(
      '{"document":{"format":"graft-graph","version":1,"nodes":{"a":{"type":"x","version":1,"params":{"b":[{"__proto__":1}]}}}}}',
    ),
  ],
  [
    'constructor.prototype',
    [400],
    'POST',
    '/api/v1/validate',
    json('{"document":{"constructor":{"prototype":{"polluted":1}}}}'),
  ],
  ['a number beyond measure', [400], 'POST', '/api/v1/validate', json('{"document":{"version":1e999}}')],
  ['a list where an object belongs', [400], 'POST', '/api/v1/runs', json([])],
  ['a huge priority', [400], 'POST', '/api/v1/runs', json({ document, priority: 1e300 })],
  ['a device of another kind', [400], 'POST', '/api/v1/runs', json({ document, device: 'abacus' })],
  ['an engine of another kind', [400], 'POST', '/api/v1/runs', json({ document, engine: '../../bin/sh' })],
  ['a graph id that is a path', [400], 'POST', '/api/v1/runs', json({ document, graphId: '../x' })],
  ['something that is not a document', [422], 'POST', '/api/v1/runs', json({ document: { format: 'other' } })],
  ['a node id that objects inherit', [422], 'POST', '/api/v1/inspect', json({ document, node: 'constructor' })],
  [
    'a node type that does not exist',
    [422],
    'POST',
    '/api/v1/runs',
    json({ document: graphOf({ a: { type: 'constructor' } }) }),
  ],
  // Addresses.
  ['a path out of the assets', [400, 404], 'GET', '/assets/../../../../etc/passwd'],
  ['an encoded path out of the assets', [400, 403, 404], 'GET', '/assets/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd.txt'],
  ['a broken escape', [400], 'GET', '/api/v1/graphs/%E0%A4%A'],
  ['a null character in a path', [400, 404], 'GET', '/api/v1/graphs/a%00b'],
  ['an artifact that is a path', [400], 'GET', '/api/v1/artifacts/..%2f..%2f..%2fetc%2fpasswd'],
  ['an artifact name that is too long', [400], 'GET', `/api/v1/artifacts/${'a'.repeat(300)}`],
  ['a run id that is SQL', [400], 'GET', `/api/v1/runs/${encodeURIComponent("' or 1=1 --")}`],
  ['a cursor that is SQL', [400], 'GET', `/api/v1/runs?before=${encodeURIComponent("x' union select 1")}`],
  ['a limit beyond measure', [400], 'GET', '/api/v1/runs?limit=1e308'],
  ['a negative place', [400], 'GET', '/api/v1/runs/abc/events?from=-1'],
  ['a query parameter given twice', [400], 'GET', '/api/v1/runs?limit=1&limit=2'],
  ['an address without end', [400, 404, 414, 431], 'GET', `/api/v1/templates/${'a'.repeat(20_000)}`],
  ['headers without end', [431], 'GET', '/api/v1/nodes', { headers: { 'x-filler': 'a'.repeat(30_000) } }],
  // Data roots.
  ['the root of the disk', [403], 'GET', '/api/v1/data/browse?path=%2F'],
  ['a folder above the data root', [403], 'GET', `/api/v1/data/browse?path=${encodeURIComponent(`${server.data}/..`)}`],
  [
    'a folder that begins like the data root',
    [403],
    'GET',
    `/api/v1/data/browse?path=${encodeURIComponent(`${server.data}-other`)}`,
  ],
  [
    'a link that leads out',
    [403],
    'GET',
    `/api/v1/data/browse?path=${encodeURIComponent(`${server.data}/everything`)}`,
  ],
  [
    'a path through a link that leads out',
    [403],
    'GET',
    `/api/v1/data/browse?path=${encodeURIComponent(`${server.data}/everything/etc`)}`,
  ],
  [
    'an image that is a link out',
    [403],
    'GET',
    `/api/v1/data/thumbnail?path=${encodeURIComponent(`${server.data}/link.jpg`)}`,
  ],
  ['a null character in a data path', [400], 'GET', '/api/v1/data/browse?path=a%00b'],
  [
    'a thumbnail of what is not an image',
    [422],
    'GET',
    `/api/v1/data/thumbnail?path=${encodeURIComponent(`${server.data}/images/note.txt`)}`,
  ],
  [
    'a thumbnail of absurd size',
    [400],
    'GET',
    `/api/v1/data/thumbnail?size=100000&path=${encodeURIComponent(server.data)}`,
  ],
  [
    'a summary of a file',
    [422],
    'GET',
    `/api/v1/data/summary?path=${encodeURIComponent(`${server.data}/images/note.txt`)}`,
  ],
  // Uploads.
  [
    'an upload under a path',
    [400],
    'POST',
    '/api/v1/data/upload?name=..%2Fevil',
    zip([{ name: 'a/1.jpg', content: image }]),
  ],
  [
    'an upload under a hidden name',
    [400],
    'POST',
    '/api/v1/data/upload?name=.ssh',
    zip([{ name: 'a/1.jpg', content: image }]),
  ],
  [
    'an upload of another kind',
    [415],
    'POST',
    '/api/v1/data/upload?name=u',
    { headers: { 'content-type': 'application/x-tar' }, body: 'x' },
  ],
  [
    'an upload that is not a zip file',
    [400],
    'POST',
    '/api/v1/data/upload?name=u',
    { headers: { 'content-type': 'application/zip' }, body: 'PK nothing' },
  ],
  [
    'a zip file cut short',
    [400],
    'POST',
    '/api/v1/data/upload?name=u',
    {
      headers: { 'content-type': 'application/zip' },
      body: makeZip([{ name: 'a/1.jpg', content: image }]).subarray(0, 60),
    },
  ],
  [
    'a zip name that climbs',
    [400],
    'POST',
    '/api/v1/data/upload?name=u',
    zip([{ name: '../../evil.jpg', content: image }]),
  ],
  [
    'a zip name from the root',
    [400],
    'POST',
    '/api/v1/data/upload?name=u',
    zip([{ name: '/etc/evil.jpg', content: image }]),
  ],
  [
    'a zip name with backslashes',
    [400],
    'POST',
    '/api/v1/data/upload?name=u',
    zip([{ name: '..\\evil.jpg', content: image }]),
  ],
  [
    'a zip name with a drive',
    [400],
    'POST',
    '/api/v1/data/upload?name=u',
    zip([{ name: 'C:/evil.jpg', content: image }]),
  ],
  [
    'a good file before a climbing one',
    [400],
    'POST',
    '/api/v1/data/upload?name=u',
    zip([
      { name: 'a/1.jpg', content: image },
      { name: 'a/../../evil.jpg', content: image },
    ]),
  ],
  [
    'a symbolic link in a zip file',
    [400],
    'POST',
    '/api/v1/data/upload?name=u',
    zip([{ name: 'a/1.jpg', content: new TextEncoder().encode('/etc/passwd'), mode: 0o120777 }]),
  ],
  [
    'a device in a zip file',
    [400],
    'POST',
    '/api/v1/data/upload?name=u',
    zip([{ name: 'a/1.jpg', content: image, mode: 0o020666 }]),
  ],
  [
    'a zip bomb',
    [413],
    'POST',
    '/api/v1/data/upload?name=u',
    zip([{ name: 'a/1.jpg', content: new Uint8Array(20_000_000) }]),
  ],
  [
    'a zip bomb that lies about its size',
    [400, 413],
    'POST',
    '/api/v1/data/upload?name=u',
    zip([{ name: 'a/1.jpg', content: new Uint8Array(20_000_000), claimedSize: 1000 }]),
  ],
  [
    'many entries that fill the disk together',
    [413],
    'POST',
    '/api/v1/data/upload?name=u',
    zip(
      Array.from({ length: 9 }, (_, index) => ({
        name: `a/${index}.jpg`,
        content: new Uint8Array(900_000).fill(index),
      })),
    ),
  ],
  [
    'too many files',
    [413],
    'POST',
    '/api/v1/data/upload?name=u',
    zip(Array.from({ length: 60 }, (_, index) => ({ name: `a/${index}.jpg`, content: image }))),
  ],
  [
    'an encrypted zip file',
    [422],
    'POST',
    '/api/v1/data/upload?name=u',
    zip([{ name: 'a/1.jpg', content: image, encrypted: true }]),
  ],
  [
    'an upload without an image',
    [422],
    'POST',
    '/api/v1/data/upload?name=u',
    zip([{ name: 'a/run.sh', content: image }]),
  ],
  [
    'an upload that is too large',
    [413],
    'POST',
    '/api/v1/data/upload?name=u',
    { headers: { 'content-type': 'application/zip' }, body: Buffer.alloc(400_000) },
  ],
  ['a form name that climbs', [400], 'POST', '/api/v1/data/upload?name=u', form('../../evil.jpg')],
  [
    'a form without a boundary',
    [400],
    'POST',
    '/api/v1/data/upload?name=u',
    { headers: { 'content-type': 'multipart/form-data' }, body: 'x' },
  ],
  [
    'a form that ends early',
    [400, 422],
    'POST',
    '/api/v1/data/upload?name=u',
    {
      headers: { 'content-type': 'multipart/form-data; boundary=B' },
      body: '--B\r\nContent-Disposition: form-data; name="f"; filename="a/1.jpg"\r\n\r\nx',
    },
  ],
  // Methods and runs that are not there.
  ['a method that nothing takes', [404, 405], 'PATCH', '/api/v1/graphs/abc'],
  ['TRACE', [404, 405], 'TRACE', '/api/v1/nodes'],
  ['the events of no run', [404], 'GET', '/api/v1/runs/nothing/events'],
  ['a prediction from no run', [404], 'POST', '/api/v1/runs/nothing/predict', { body: 'x' }],
]

describe('hostile requests', () => {
  it('are many', () => {
    expect(cases().length).toBeGreaterThanOrEqual(60)
  })

  it('are refused with the right status as a problem document, tell no secrets, and leave nothing behind', async () => {
    const before = filesOf(dirname(server.data))
    const wrong: string[] = []
    for (const [title, statuses, method, path, options] of cases()) {
      const answer = await server.send(method, path, options)
      const text = answer.body.toString('utf8')
      if (!statuses.includes(answer.status)) wrong.push(`${title}: ${answer.status} ${text.slice(0, 200)}`)
      if (/secret\b|root:x:|node_modules|\n\s+at /.test(text))
        wrong.push(`${title} tells too much: ${text.slice(0, 200)}`)
      if (answer.headers['content-type']?.startsWith('application/problem+json'))
        problemDetailsSchema.parse(JSON.parse(text))
      else if (!(answer.status === 431 || (answer.status === 400 && text === '')))
        wrong.push(`${title}: no problem document but ${answer.headers['content-type'] ?? 'nothing'}`)
    }
    expect(wrong).toEqual([])
    expect(filesOf(dirname(server.data))).toEqual(before)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect((await server.send('GET', '/api/v1/runs')).body.toString()).toBe('{"runs":[]}')
    expect((await server.send('GET', '/api/v1/graphs')).body.toString()).toBe('{"graphs":[]}')
    expect(server.logged.filter((line) => line.includes('"level":"error"'))).toEqual([])
  })

  it('accepts what is harmless beside them', async () => {
    const answer = await server.send(
      'POST',
      '/api/v1/data/upload?name=good%20one',
      zip([
        { name: 'photos/cats/1.jpg', content: image },
        { name: 'photos/dogs/1.jpg', content: image },
        { name: 'photos/.DS_Store', content: image },
      ]),
    )
    expect(answer.status).toBe(201)
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      files: 2,
      ignored: [{ file: 'photos/.DS_Store', reason: 'it is hidden' }],
    })
    expect(readFileSync(join(server.home, 'data', 'good one', 'cats', '1.jpg'), 'utf8')).toBe('an image, nearly')
    expect((await server.send('POST', '/api/v1/data/upload?name=good%20one', form('cats/2.jpg'))).status).toBe(409)
    expect((await server.send('POST', '/api/v1/data/upload?name=by%20form', form('cats/2.jpg'))).status).toBe(201)
    expect(readdirSync(join(server.home, 'data')).toSorted()).toEqual(['by form', 'good one'])
    expect(
      (
        await server.send('GET', '/api/v1/nodes', {
          headers: { host: `localhost:${server.port}`, origin: `http://localhost:${server.port}` },
        })
      ).status,
    ).toBe(200)
  })
})

describe('a server with a token', () => {
  const status = async (path: string, headers: Record<string, string> = {}): Promise<number> =>
    (await guarded.send('GET', path, { headers })).status

  it('answers only who shows it, in the header', async () => {
    expect(await status('/api/v1/nodes')).toBe(401)
    expect(await status('/api/v1/nodes', { authorization: `Bearer ${token.slice(1)}` })).toBe(401)
    expect(await status('/api/v1/nodes', { authorization: `Basic ${token}` })).toBe(401)
    expect(await status(`/api/v1/nodes?token=${token}`)).toBe(401)
    expect(await status('/metrics')).toBe(401)
    expect(await status('/api/v1/openapi.json')).toBe(401)
    expect(await status('/api/v1/nodes', { authorization: `Bearer ${token}` })).toBe(200)
    expect(await status('/healthz')).toBe(200)
  })

  it('gives images and other artifacts only to who shows it in the header; neither addresses nor cookies do', async () => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    )
    const { sha256 } = await openBlobStore(findHome({ GRAFT_HOME: guarded.home }).store).put(png, 'image/png')
    writeFileSync(join(guarded.data, 'pixel.png'), png)
    for (const path of [
      `/api/v1/artifacts/${sha256}`,
      `/api/v1/artifacts/${sha256}/thumbnail`,
      `/api/v1/data/thumbnail?path=${encodeURIComponent(join(guarded.data, 'pixel.png'))}`,
    ]) {
      const also = path.includes('?') ? '&' : '?'
      expect(await status(path)).toBe(401)
      expect(await status(`${path}${also}token=${token}`)).toBe(401)
      expect(await status(`${path}${also}access_token=${token}`)).toBe(401)
      expect(await status(path, { cookie: `token=${token}` })).toBe(401)
      const answer = await guarded.send('GET', path, { headers: { authorization: `Bearer ${token}` } })
      expect([answer.status, answer.headers['content-type']]).toEqual([
        200,
        expect.stringMatching(/^image\/(png|jpeg)$/),
      ])
      expect(answer.headers['set-cookie']).toBeUndefined()
    }
  })

  it('writes no token into its log', () => {
    expect(guarded.logged.join('\n')).not.toContain(token)
  })

  it('is refused to start on other addresses without one, or with a short one', async () => {
    await expect(startTestServer({ host: '0.0.0.0' })).rejects.toThrow(/a token is needed/)
    await expect(startTestServer({ token: 'short' })).rejects.toThrow(/at least 32/)
  })
})

describe('hostile live connections', () => {
  /** What became of a connection: the status of a refused handshake, or what was said and the close code. */
  function converse(
    port: number,
    frames: readonly (string | Buffer)[],
    headers: Record<string, string> = {},
    path = '/api/v1/live',
  ): Promise<{ status?: number; said: string[]; code?: number }> {
    return new Promise((resolve) => {
      const said: string[] = []
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
      socket.on('open', () => frames.forEach((frame) => socket.send(frame)))
      socket.on('message', (data) => said.push(data.toString()))
      socket.on('unexpected-response', (_, response) => resolve({ status: response.statusCode ?? 0, said }))
      socket.on('close', (code) => resolve({ said, code }))
      socket.on('error', () => undefined)
    })
  }

  it.each<[string, Record<string, string>, string?]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['another host', { host: 'evil.example' }],
  ])('are refused before the handshake from %s', async (_, headers) => {
    expect((await converse(server.port, [], headers)).status).toBe(403)
  })

  it('are refused at any other address', async () => {
    expect((await converse(server.port, [], {}, '/api/v1/nodes')).status).toBe(404)
  })

  const hello = '{"type":"hello","protocol":1}'
  it.each<[string, (string | Buffer)[], number]>([
    ['no JSON', ['hello'], 1008],
    ['another protocol', ['{"type":"hello","protocol":99}'], 1008],
    ['no hello first', ['{"type":"subscribe","run":"abc"}'], 1008],
    ['an unknown type', [hello, '{"type":"shutdown"}'], 1008],
    ['a run that is a path', [hello, '{"type":"subscribe","run":"../x"}'], 1008],
    ['a place below zero', [hello, '{"type":"subscribe","run":"abc","from":-1}'], 1008],
    ['a prototype key', [hello, '{"type":"subscribe","run":"abc","__proto__":{}}'], 1008],
    ['deep nesting', [hello, nested(2000)], 1008],
    ['binary frames', [Buffer.from([1, 2, 3])], 1003],
    ['a frame that is too large', ['x'.repeat(100_000)], 1009],
    ['a flood', [hello, ...Array.from({ length: 400 }, () => '{"type":"pong"}')], 1008],
  ])('are closed for %s', async (_, frames, code) => {
    expect((await converse(server.port, frames)).code).toBe(code)
  })

  it('need the token in their hello', async () => {
    expect(await converse(guarded.port, [hello])).toMatchObject({
      code: 1008,
      said: [expect.stringContaining('"token"')],
    })
    const open = await new Promise<string>((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${guarded.port}/api/v1/live`)
      socket.on('open', () => socket.send(JSON.stringify({ type: 'hello', protocol: 1, token })))
      socket.on('message', (data) => {
        resolve(data.toString())
        socket.close()
      })
    })
    expect(open).toContain('"welcome"')
  })
})

describe('every answer', () => {
  it('carries the headers that keep browsers careful', async () => {
    const answers: RawAnswer[] = await Promise.all(
      ['/', '/api/v1/nodes', '/nothing.js', '/api/v1/graphs/none', '/healthz'].map((path) => server.send('GET', path)),
    )
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringContaining("object-src 'none'"),
        'referrer-policy': 'no-referrer',
      })
      expect(headers).not.toHaveProperty('x-powered-by')
      expect(headers).not.toHaveProperty('access-control-allow-origin')
    }
  })
})
