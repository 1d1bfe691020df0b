import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { textOf } from '@graft/errors'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { partsIn, sendAndHangUp } from '../testing/broken-transfers.js'
import { type LocalServer, serveBytes, startLocalServer } from '../testing/local-server.js'
import { type DownloadOptions, type FetchedFile, fetchFile, keptPath, type WantedFile } from './fetch-file.js'

const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251))
const sumOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const sha256 = sumOf(content)

const ended: (() => unknown)[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const end of ended.splice(0)) await end()
})

/** The folders of all clients of a test. */
let clients = ''
beforeEach(() => {
  clients = mkdtempSync(join(tmpdir(), 'graft-fetch-'))
  ended.push(() => rmSync(clients, { recursive: true, force: true }))
})

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
): Promise<LocalServer> {
  let count = 0
  const server = await startLocalServer((_, request, response) => answer(request, response, ++count))
  ended.push(() => server.close())
  return server
}

interface Client {
  readonly folder: string
  readonly notes: string[]
  fetch(wanted?: WantedFile, more?: Partial<DownloadOptions>): ReturnType<typeof fetchFile>
  /** sha256 of the file that came. */
  sum(wanted?: WantedFile, more?: Partial<DownloadOptions>): Promise<string>
  problem(wanted?: WantedFile, more?: Partial<DownloadOptions>): Promise<string>
  kept(): string[]
}

function clientOf({ origin }: LocalServer, path = '/model.onnx'): Client {
  const folder = mkdtempSync(join(clients, 'client-'))
  const notes: string[] = []
  const limits = { pause: 1, answer: 20_000, silence: 20_000, tries: 3 }
  const fetch: Client['fetch'] = (wanted = {}, more = {}) =>
    fetchFile(new URL(path, origin), wanted, {
      cacheDirectory: folder,
      signal: new AbortController().signal,
      note: (message) => notes.push(message),
      ...more,
      limits: { ...limits, ...more.limits },
    })
  return {
    folder,
    notes,
    fetch,
    sum: async (wanted, more) => sumOf(readFileSync(((await fetch(wanted, more)) as FetchedFile).path)),
    problem: (wanted, more) =>
      fetch(wanted, more).then(
        (file) => `no problem: ${JSON.stringify(file)}`,
        (error: unknown) => textOf(error),
      ),
    kept: () => readdirSync(join(folder, 'downloads')).map((name) => name.replace(/^[0-9a-f]{64}/, 'FILE')),
  }
}

/** Sends a part of what it announces, and hangs up once the client has it. */
function dropAfter(response: ServerResponse, from: number, to: number, headers: Record<string, string> = {}): void {
  response.writeHead(from > 0 ? 206 : 200, {
    'content-length': content.length - from,
    ...(from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {}),
    ...headers,
  })
  sendAndHangUp(response, content.subarray(from, to), clients, to)
}

const rangeOf = (request: IncomingMessage): number => Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0)

describe('a transfer that breaks off (fault 7)', () => {
  it('goes on where it was, as often as it takes, and is whole in the end', async () => {
    const server = await serve((request, response, count) => {
      const from = rangeOf(request)
      if (count <= 6) dropAfter(response, from, from + 40_000, { etag: '"1"' })
      else serveBytes(request, response, content, { etag: '"1"' })
    })
    const client = clientOf(server)
    expect(await client.sum()).toBe(sha256)
    expect(server.asked.map(({ headers }) => headers.range)).toEqual([
      undefined,
      ...[1, 2, 3, 4, 5, 6].map((times) => `bytes=${times * 40_000}-`),
    ])
    expect(client.kept().sort()).toEqual(['FILE', 'FILE.json'])
  })

  it('starts anew where the server has another file by then, or names no version', async () => {
    const other = Buffer.from(content).reverse()
    const changed = await serve((request, response, count) =>
      count === 1
        ? dropAfter(response, 0, 1000, { etag: '"1"' })
        : serveBytes(request, response, other, { etag: '"2"' }),
    )
    expect(await clientOf(changed).sum()).toBe(sumOf(other))
    const unversioned = await serve((request, response, count) =>
      count === 1 ? dropAfter(response, 0, 1000) : serveBytes(request, response, content),
    )
    expect(await clientOf(unversioned).sum()).toBe(sha256)
    expect(unversioned.asked.map(({ headers }) => headers.range)).toEqual([undefined, undefined])
  })

  it('and never gets whole is not believed; the next call goes on from what came', async () => {
    let heals = false
    const server = await serve((request, response) =>
      heals ? serveBytes(request, response, content, { etag: '"1"' }) : dropAfter(response, 0, 5000, { etag: '"1"' }),
    )
    const client = clientOf(server)
    expect(await client.problem()).toMatch(/transfer of .* broke off: .*Run again: it goes on/s)
    expect(client.kept().sort()).toEqual(['FILE.part', 'FILE.part.json'])
    heals = true
    expect(await client.sum()).toBe(sha256)
    expect(server.asked.at(-1)?.headers.range).toBe('bytes=5000-')
  })

  it('is not continued with another part than the one asked for', async () => {
    const server = await serve((request, response, count) => {
      if (count === 1) dropAfter(response, 0, 5000, { etag: '"1"' })
      else if (count === 2) dropAfter(response, 70_000, content.length, { etag: '"1"' })
      else serveBytes(request, response, content, { etag: '"1"' })
    })
    expect(await clientOf(server).sum()).toBe(sha256)
  })

  it('because it was cancelled keeps what came', async () => {
    const server = await serve((request, response, count) => {
      if (count > 1) return serveBytes(request, response, content, { etag: '"1"' })
      response.writeHead(200, { 'content-length': content.length, etag: '"1"' })
      response.write(content.subarray(0, 9000))
    })
    const client = clientOf(server)
    const controller = new AbortController()
    const cancelled = client.problem({}, { signal: controller.signal })
    await expect.poll(() => partsIn(client.folder).map(({ bytes }) => bytes)).toEqual([9000])
    controller.abort()
    expect(await cancelled).toMatch(/abort/i)
    expect(client.kept()).not.toContain('FILE')
    expect(await client.sum()).toBe(sha256)
    expect(server.asked.at(-1)?.headers.range).toBe('bytes=9000-')
  })
})

describe('a server that lies about lengths', () => {
  it('is not believed when less comes, and caught by the checksum when more was there', async () => {
    const less = await serve((_, response) => dropAfter(response, 0, content.length - 1, { etag: '"1"' }))
    const client = clientOf(less)
    // The first try misses one byte; the ones after it get the wrong part.
    expect(await client.problem()).toMatch(/broke off|another part/)
    expect(client.kept()).not.toContain('FILE')
    const more = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 1000 }).end(content.subarray(0, 1000))
    })
    const strict = clientOf(more)
    expect(await strict.problem({ sha256 })).toMatch(/has checksum .* not the expected/)
    expect(strict.kept()).toEqual([])
  })
})

describe('a server that is busy or silent (fault 7)', () => {
  it.each([429, 503])('and answers %i is asked again after the pause it wants', async (status) => {
    const server = await serve((request, response, count) =>
      count < 3 ? response.writeHead(status, { 'retry-after': '0' }).end() : serveBytes(request, response, content),
    )
    expect(await clientOf(server).sum()).toBe(sha256)
    expect(server.asked.length).toBe(3)
  })

  it('is not waited for longer than a minute, nor asked for ever', async () => {
    const long = await serve((_, response) => response.writeHead(429, { 'retry-after': '3600' }).end())
    expect(await clientOf(long).problem()).toMatch(/answered 429/)
    expect(long.asked.length).toBe(1)
    const always = await serve((_, response) => response.writeHead(503).end())
    expect(await clientOf(always).problem()).toMatch(/answered 503/)
    expect(always.asked.length).toBe(3)
  })

  it('or never answers, falls silent, or drips, ends in an error', async () => {
    const mute = await serve(() => undefined)
    expect(await clientOf(mute).problem({}, { limits: { answer: 50 } })).toMatch(/did not answer within/)
    const silent = await serve((_, response) => {
      response.writeHead(200, { 'content-length': content.length, etag: '"1"' })
      response.write(content.subarray(0, 100))
    })
    expect(await clientOf(silent).problem({}, { limits: { silence: 50 } })).toMatch(/nothing came for 0\.05 s/)
    const drip = await serve((_, response) => {
      response.writeHead(200, { 'content-length': content.length, etag: '"1"' })
      const timer = setInterval(() => response.write('x'), 10)
      response.on('close', () => clearInterval(timer))
    })
    expect(await clientOf(drip).problem({}, { limits: { whole: 200 } })).toMatch(/was not here after/)
  })
})

describe('what a server sends instead', () => {
  it.each([
    ['a web page', '<!DOCTYPE html><html>sign in</html>', /gave a web page/],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 12\n', /Git LFS pointer/],
    ['an error document', '<?xml version="1.0"?><Error/>', /XML document/],
  ])('%s is refused and not kept', async (_, text, said) => {
    const server = await serve((__, response) => response.end(text))
    const client = clientOf(server)
    expect(await client.problem()).toMatch(said)
    expect(client.kept()).toEqual([])
  })

  it('a packed file is unpacked; one that unpacks without end is not', async () => {
    const packed = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(content)),
    )
    expect(await clientOf(packed).sum()).toBe(sha256)
    const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20))
    const hostile = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb))
    expect(await clientOf(hostile).problem()).toMatch(/unpacks to more than 200 times/)
    const large = await serve((request, response) => serveBytes(request, response, content))
    expect(await clientOf(large).problem({}, { limits: { maximumBytes: 2 ** 17 } })).toMatch(/is larger than/)
  })

  it('wrong bytes are refused; the next call asks again', async () => {
    let right = false
    const server = await serve((request, response) =>
      serveBytes(request, response, right ? content : content.subarray(1), { etag: right ? '"2"' : '"1"' }),
    )
    const client = clientOf(server)
    expect(await client.problem({ sha256: sha256.slice(0, 8) })).toMatch(/not the expected .* Nothing of it was kept/)
    right = true
    expect(await client.sum({ sha256: sha256.slice(0, 8) })).toBe(sha256)
  })
})

describe('a redirect', () => {
  it('is followed, its token only to the server that it is for', async () => {
    const store = await serve((request, response) => serveBytes(request, response, content))
    const hub = await serve((_, response) => response.writeHead(302, { location: `${store.origin}/cdn?sig=1` }).end())
    expect(await clientOf(hub).sum({ token: 'secret' })).toBe(sha256)
    expect(hub.asked[0]?.headers.authorization).toBe('Bearer secret')
    expect(store.asked[0]?.headers.authorization).toBeUndefined()
  })

  it('without end, to a file, or to nowhere is refused', async () => {
    const loop = await serve((_, response) => response.writeHead(302, { location: '/again' }).end())
    expect(await clientOf(loop).problem()).toMatch(/more than 10 times/)
    const file = await serve((_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end())
    expect(await clientOf(file).problem()).toMatch(/not http or https/)
    const nowhere = await serve((_, response) => response.writeHead(302).end())
    expect(await clientOf(nowhere).problem()).toMatch(/without saying where/)
  })
})

describe('a kept file (fault 7)', () => {
  it('is used without asking while it is fresh, and asked about when told to', async () => {
    let tag = '"1"'
    let bytes = content
    const server = await serve((request, response) => serveBytes(request, response, bytes, { etag: tag }))
    const client = clientOf(server)
    await client.sum()
    expect(await client.sum()).toBe(sha256)
    expect(server.asked.length).toBe(1)
    expect(await client.sum({}, { insist: true })).toBe(sha256)
    expect(server.asked.at(-1)?.headers['if-none-match']).toBe('"1"')
    bytes = Buffer.from('another model')
    tag = '"2"'
    expect(await client.sum({}, { insist: true })).toBe(sumOf(bytes))
  })

  it('is fetched again when another checksum is wanted, and once it has that, never asked about', async () => {
    let bytes = Buffer.from('older')
    const server = await serve((request, response) =>
      serveBytes(request, response, bytes, { etag: `"${bytes.length}"` }),
    )
    const client = clientOf(server)
    await client.sum()
    bytes = content
    expect(await client.sum({ sha256 })).toBe(sha256)
    const { length } = server.asked
    expect(await client.sum({ sha256 }, { readAgain: true })).toBe(sha256)
    expect(server.asked.length).toBe(length)
  })

  it('that was damaged is fetched again', async () => {
    const server = await serve((request, response) => serveBytes(request, response, content, { etag: '"1"' }))
    const client = clientOf(server)
    await client.sum()
    const path = keptPath(new URL('/model.onnx', server.origin), { cacheDirectory: client.folder })
    const damaged = Buffer.from(content)
    damaged[1234] = (damaged[1234] ?? 0) ^ 1
    writeFileSync(path, damaged)
    expect(await client.sum()).toBe(sha256)
    expect(server.asked.length).toBe(2)
  })

  it('is used with a note when the server is gone, or says that it has none any more', async () => {
    const server = await serve((request, response, count) =>
      count === 1 ? serveBytes(request, response, content) : response.writeHead(404).end(),
    )
    const client = clientOf(server)
    await client.sum()
    expect(await client.sum({}, { insist: true })).toBe(sha256)
    await server.close()
    expect(await client.sum({}, { insist: true })).toBe(sha256)
    expect(client.notes).toEqual([expect.stringMatching(/answered 404/), expect.stringMatching(/can't be asked/)])
  })

  it('of another program is used where it is, if it has the checksum', async () => {
    const server = await serve((request, response) => serveBytes(request, response, content))
    const client = clientOf(server)
    const copy = join(client.folder, 'resnet.pth')
    writeFileSync(copy, content)
    expect(await client.fetch({ sha256: sha256.slice(0, 8), copies: [copy] })).toEqual({
      path: copy,
      bytes: content.length,
      sha256,
    })
    expect(server.asked).toEqual([])
    writeFileSync(copy, 'cut off')
    expect(await client.sum({ sha256: sha256.slice(0, 8), copies: [copy] })).toBe(sha256)
  })

  it('is all there is in offline mode', async () => {
    const server = await serve((request, response) => serveBytes(request, response, content))
    const client = clientOf(server)
    vi.stubEnv('HF_HUB_OFFLINE', '1')
    expect(await client.problem()).toMatch(/isn't here, and HF_HUB_OFFLINE forbids connections/)
    vi.unstubAllEnvs()
    await client.sum()
    vi.stubEnv('GRAFT_OFFLINE', '1')
    expect(await client.sum({}, { insist: true })).toBe(sha256)
    expect(server.asked.length).toBe(1)
  })
})

it('a file that isn’t there is remembered as such', async () => {
  const server = await serve((_, response) => response.writeHead(404).end())
  const client = clientOf(server)
  for (const _ of ['once', 'again']) expect(await client.fetch()).toEqual({ answer: '404' })
  expect(server.asked.length).toBe(1)
})

it('two who fetch the same file at once both get it whole', async () => {
  const server = await serve((request, response) =>
    setTimeout(() => serveBytes(request, response, content, { etag: '"1"' }), 30),
  )
  const client = clientOf(server)
  const [one, other] = await Promise.all([client.sum(), client.sum()])
  expect([one, other]).toEqual([sha256, sha256])
  expect(client.kept().sort()).toEqual(['FILE', 'FILE.json'])
})

it('a proxy is used where the environment names one, and not where it excludes the host', async () => {
  const server = await serve((request, response) => serveBytes(request, response, content))
  const asked: string[] = []
  const proxy = createServer().on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    const upstream = connect(Number(new URL(server.origin).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => socket.destroy())
    socket.on('error', () => upstream.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  ended.push(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`)
  expect(await clientOf(server).sum()).toBe(sha256)
  expect(asked).toEqual([new URL(server.origin).host])
  vi.stubEnv('NO_PROXY', '127.0.0.1')
  expect(await clientOf(server).sum()).toBe(sha256)
  expect(asked.length).toBe(1)
})
