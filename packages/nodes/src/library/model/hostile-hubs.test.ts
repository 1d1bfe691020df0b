import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { textOf } from '@graft/errors'
import { writeSafetensors } from '@graft/network'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { listPulled } from '../../hubs/index.js'
import { sendAndHangUp } from '../../testing/broken-transfers.js'
import { type LocalServer, serveBytes, startLocalServer } from '../../testing/local-server.js'
import { checksumOfSource } from './load-backbone/checksum-of-source.js'

// What broke off is asked for again after a moment that nobody has to wait for here.
vi.mock(import('../../downloads/transfer/limits.js'), async (original) => {
  const limits = await original()
  return { ...limits, usualLimits: { ...limits.usualLimits, pause: 10 } }
})

const sumOf = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')
const text = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const tensors = (seed: number): Buffer => {
  const data = Float32Array.from({ length: 20_000 }, (_, index) => Math.sin(index + seed))
  return Buffer.from(writeSafetensors(new Map([[`w${seed}`, { shape: [20_000], data }]])))
}
const sha = 'b'.repeat(40)
const one = { 'model.safetensors': tensors(1) }
const sharded = {
  'model-00001-of-00002.safetensors': tensors(1),
  'model-00002-of-00002.safetensors': tensors(2),
}
const layers = {
  'model.json': text({ modelTopology: {}, weightsManifest: [{ paths: ['group1', 'group2'], weights: [] }] }),
  group1: tensors(1),
  group2: tensors(2),
}
type Files = Readonly<Record<string, Buffer>>

interface Place {
  readonly title: string
  source(origin: string): string
  /** Folder on the server. */
  readonly folder: string
  readonly files: Files
  /** The hub's own answer, where it has to be asked first. */
  readonly api?: string
  /** What it gives can't be right: torchvision's names carry checksums that these bytes don't have. */
  readonly neverRight?: boolean
}

/** Every hub, with one file and with several where it has such networks. */
const places: readonly Place[] = [
  {
    title: 'torchvision',
    source: () => 'torchvision:resnet18',
    folder: '/download.pytorch.org/models/',
    files: { 'resnet18-f37072fd.pth': tensors(1) },
    neverRight: true,
  },
  {
    title: 'Hugging Face',
    source: () => 'hf:me/net',
    folder: `/me/net/resolve/${sha}/`,
    files: one,
    api: '/api/models/me/net/revision/main',
  },
  {
    title: 'Hugging Face, several files',
    source: () => 'hf:me/parts',
    folder: `/me/parts/resolve/${sha}/`,
    files: sharded,
    api: '/api/models/me/parts/revision/main',
  },
  {
    title: 'timm',
    source: () => 'timm/resnet26.bt_in1k',
    folder: `/timm/resnet26.bt_in1k/resolve/${sha}/`,
    files: one,
    api: '/api/models/timm/resnet26.bt_in1k/revision/main',
  },
  {
    title: 'TensorFlow.js',
    source: () => 'tfjs:mobilenet_v1_0.25_224',
    folder: '/storage.googleapis.com/tfjs-models/tfjs/mobilenet_v1_0.25_224/',
    files: layers,
  },
  {
    title: 'an address',
    source: (origin) => `${origin}/own/model-00001-of-00002.safetensors`,
    folder: '/own/',
    files: sharded,
  },
]

const ended: (() => unknown)[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const end of ended.splice(0)) await end()
})

/** How a server treats a file; `count`: how often it was asked for before. */
type Manners = (file: {
  readonly name: string
  readonly bytes: Buffer
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly count: number
}) => void

interface Hub {
  readonly server: LocalServer
  readonly cacheDirectory: string
  manners: Manners
  fetch(): Promise<string | null>
  problem(): Promise<string>
  asked(file: string): number
  whole(): string[]
}

const plain: Manners = ({ bytes, request, response }) => serveBytes(request, response, bytes, { etag: '"1"' })

async function startHub({ folder, files, api, source }: Place, manners: Manners): Promise<Hub> {
  const cacheDirectory = mkdtempSync(join(tmpdir(), 'graft-hostile-'))
  ended.push(() => rmSync(cacheDirectory, { recursive: true, force: true }))
  const counts = new Map<string, number>()
  const server = await startLocalServer((path, request, response) => {
    const [plainPath = ''] = path.split('?')
    const count = counts.get(plainPath) ?? 0
    counts.set(plainPath, count + 1)
    if (plainPath === api) {
      const siblings = Object.entries(files).map(([rfilename, bytes]) => ({
        rfilename,
        size: bytes.length,
        ...(rfilename.endsWith('.json') ? {} : { lfs: { sha256: sumOf(bytes) } }),
      }))
      return hub.manners({ name: 'api', bytes: text({ sha, siblings }), request, response, count })
    }
    const name = plainPath.startsWith(folder) ? plainPath.slice(folder.length) : ''
    const bytes = files[name]
    if (bytes === undefined) return void response.writeHead(404).end()
    hub.manners({ name, bytes, request, response, count })
  })
  ended.push(() => server.close())
  vi.stubEnv('HF_ENDPOINT', server.origin)
  vi.stubEnv('GRAFT_MIRROR', server.origin)
  vi.stubEnv('HF_TOKEN', '')
  const fetch = (): Promise<string | null> =>
    checksumOfSource(source(server.origin), '', { cacheDirectory, resolvePath: (path) => join(cacheDirectory, path) })
  const hub: Hub = {
    server,
    cacheDirectory,
    manners,
    fetch,
    problem: () => fetch().then(() => 'was fetched', textOf),
    asked: (file) => counts.get(folder + file) ?? 0,
    whole: () => readdirSync(join(cacheDirectory, 'downloads')).filter((name) => /^[0-9a-f]{64}$/.test(name)),
  }
  return hub
}

/** What the files together are pinned by, as docs/models.md has it. */
function pinOf(files: Files): string {
  const names = Object.keys(files).toSorted()
  const [only] = names
  if (names.length === 1 && only !== undefined) return sumOf(files[only] as Buffer)
  return sumOf(names.map((name) => `${sumOf(files[name] as Buffer)}  ${name}\n`).join(''))
}

/** A part of what it announces, then nothing more. */
function hangUp({ cacheDirectory }: Hub, response: ServerResponse, bytes: Buffer, sent: number): void {
  response.writeHead(200, { etag: '"1"', 'content-length': bytes.length })
  sendAndHangUp(response, bytes.subarray(0, sent), cacheDirectory, sent)
}

/** The network came, or was refused for its bytes only: what else could go wrong didn't. */
async function expectFetched(hub: Hub, place: Place): Promise<void> {
  if (place.neverRight === true) {
    expect(await hub.problem()).toMatch(/has checksum .* not the expected f37072fd/)
    expect(hub.whole()).toEqual([])
    expect(await listPulled(hub)).toEqual([])
  } else expect(await hub.fetch()).toBe(pinOf(place.files))
}

describe.each(places)('$title', (place) => {
  it('that drops connections is gone on with where it was', async () => {
    const hub = await startHub(place, (file) =>
      file.count === 0 ? hangUp(hub, file.response, file.bytes, Math.floor(file.bytes.length / 2)) : plain(file),
    )
    await expectFetched(hub, place)
    const ranges = hub.server.asked.filter(({ headers }) => headers.range !== undefined)
    expect(ranges.length).toBeGreaterThan(0)
  })

  it.each([429, 503])('that is busy (%i) is asked again when it says', async (status) => {
    const hub = await startHub(place, (file) =>
      file.count === 0 ? void file.response.writeHead(status, { 'retry-after': '0' }).end() : plain(file),
    )
    await expectFetched(hub, place)
  })

  it('that announces more than it sends is not believed, and asked again', async () => {
    const hub = await startHub(place, (file) => {
      if (file.count > 0) return plain(file)
      file.response.writeHead(200, { 'content-length': file.bytes.length + 1000 })
      file.response.write(file.bytes, () => setTimeout(() => file.response.destroy(), 30))
    })
    await expectFetched(hub, place)
  })

  it('that leads elsewhere is followed, and no token goes along', async () => {
    const store = await startLocalServer((path, request, response) => {
      const bytes = place.files[path.slice(1)]
      if (bytes === undefined) response.writeHead(404).end()
      else serveBytes(request, response, bytes)
    })
    ended.push(() => store.close())
    const hub = await startHub(place, (file) =>
      file.name === 'api'
        ? plain(file)
        : void file.response.writeHead(302, { location: `${store.origin}/${file.name}` }).end(),
    )
    vi.stubEnv('HF_TOKEN', 'secret')
    await expectFetched(hub, place)
    expect(store.asked.length).toBeGreaterThan(0)
    expect(store.asked.every(({ headers }) => headers.authorization === undefined)).toBe(true)
  })

  it('that wants a token says so; with one it is shown where it is the token’s own hub', async () => {
    const hub = await startHub(place, (file) =>
      file.request.headers.authorization === 'Bearer secret' ? plain(file) : void file.response.writeHead(401).end(),
    )
    expect(await hub.problem()).toMatch(place.api === undefined ? /answered 401/ : /without a token.*HF_TOKEN/s)
    vi.stubEnv('HF_TOKEN', 'secret')
    if (place.api === undefined) expect(await hub.problem(), 'the token is for another hub').toMatch(/answered 401/)
    else expect(await hub.fetch()).toBe(pinOf(place.files))
    expect(hub.server.asked.filter(({ headers }) => headers.authorization !== undefined).length > 0).toBe(
      place.api !== undefined,
    )
  })

  it('that sends a web page in place of a file is not believed', async () => {
    const hub = await startHub(place, (file) =>
      file.name === 'api' ? plain(file) : void file.response.end('<!DOCTYPE html><html><body>Sign in</body></html>'),
    )
    expect(await hub.problem()).toMatch(/web page|HTML/i)
    expect(await listPulled(hub)).toEqual([])
  })
})

describe.each(places.filter(({ files }) => Object.keys(files).length > 1))(
  'of several files ($title)',
  { timeout: 300_000 },
  (place) => {
    const [first = '', second = ''] = Object.keys(place.files).slice(-2)

    it('one of which never comes whole: none is believed to be the network; the rest isn’t fetched again', async () => {
      const hub = await startHub(place, (file) => {
        if (file.name === second) hangUp(hub, file.response, file.bytes, 1000)
        else plain(file)
      })
      expect(await hub.problem()).toMatch(/broke off/)
      expect(await listPulled(hub), 'nothing is listed as here').toEqual([])
      const before = hub.asked(first)
      hub.manners = plain
      expect(await hub.fetch()).toBe(pinOf(place.files))
      expect(hub.asked(first)).toBe(before)
      const [resumed] = hub.server.asked.filter(({ path }) => path.includes(second)).slice(-1)
      expect(resumed?.headers.range).toMatch(/^bytes=1000-$/)
    })
  },
)
