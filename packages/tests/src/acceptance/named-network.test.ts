import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import { readTemplate } from '@graft/nodes'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  accuracyOf,
  eventsOf,
  type GraftRun,
  hasRealData,
  mobilenet,
  nodesThatRan,
  photos,
  Workplace,
} from './run-graft.js'

/** The hub that the templates' network comes from, on this machine; every file's first transfer breaks off. */
const folder = '/storage.googleapis.com/tfjs-models/tfjs/mobilenet_v1_0.75_224/'
const asked: string[] = []
let server: Server

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? ''
    const isFirst = !asked.includes(path)
    asked.push(path)
    const file = join(mobilenet, basename(path))
    if (!path.startsWith(folder) || !/^(model\.json|group\d+-shard1of1)$/.test(basename(path)) || !existsSync(file))
      return void response.writeHead(404).end()
    const bytes = readFileSync(file)
    const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0)
    response.writeHead(from > 0 ? 206 : 200, {
      etag: '"1"',
      'content-length': bytes.length - from,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
    })
    if (isFirst) response.write(bytes.subarray(0, bytes.length / 2), () => setTimeout(() => response.destroy(), 50))
    else response.end(bytes.subarray(from))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  server.close()
})
afterEach(() => vi.unstubAllEnvs())

const messages = (run: GraftRun): string =>
  eventsOf(run, 'log')
    .map(({ message }) => message)
    .join('\n')
const onPhotos = ['--set', `images.path=${photos}`]

describe.skipIf(!hasRealData())('graft run photos --set images.path=PHOTOS, without another word', () => {
  const workplace = new Workplace()
  afterAll(() => workplace.remove())

  it('trains on the named network, says what it downloads, and gets over transfers that break off', async () => {
    vi.stubEnv('GRAFT_MIRROR', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const run = await workplace.run('photos', ...onPhotos)
    expect(run.code, run.stderr).toBe(0)
    expect(messages(run)).toMatch(/Downloading tfjs:mobilenet_v1_0\.75_224 \(10\.5 MB\) from 127\.0\.0\.1/)
    expect(eventsOf(run, 'node-progress').some(({ unit, total }) => unit === 'bytes' && total > 10e6)).toBe(true)
    expect(accuracyOf(run, 'evaluate')).toBeGreaterThanOrEqual(0.92)
  })

  it('asks the hub for nothing the second time', async () => {
    vi.stubEnv('GRAFT_MIRROR', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const before = asked.length
    const run = await workplace.run('photos', ...onPhotos)
    expect(nodesThatRan(run)).toEqual([])
    expect(asked.length).toBe(before)
  })

  it('--pin writes the checksum into the graph; the next run fails with advice when the name stands for something else', async () => {
    vi.stubEnv('GRAFT_MIRROR', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const graph = join(workplace.directory, 'mine.graft.json')
    writeFileSync(graph, JSON.stringify(readTemplate('photos')))
    const run = await workplace.run(graph, ...onPhotos, '--pin')
    expect(run.code, run.stderr).toBe(0)
    const [, sha256 = ''] = /is pinned now: sha256 ([0-9a-f]{64})/.exec(run.stderr) ?? []
    const text = readFileSync(graph, 'utf8')
    expect(text).toContain(`"sha256": "${sha256}"`)
    writeFileSync(graph, text.replace(sha256, '0'.repeat(64)))
    const refused = await workplace.run(graph, ...onPhotos)
    expect(refused.code).toBe(1)
    expect(eventsOf(refused, 'node-failed')[0]?.problem).toMatchObject({
      field: 'sha256',
      message: expect.stringContaining(sha256) as string,
      fix: expect.stringMatching(/graft models pin GRAPH --replace/) as string,
    })
  })

  it('without a connection says what it used instead', async () => {
    const elsewhere = new Workplace()
    vi.stubEnv('GRAFT_OFFLINE', '1')
    try {
      const run = await elsewhere.run('photos', ...onPhotos)
      expect(run.code, run.stderr).toBe(0)
      const warnings = eventsOf(run, 'log').filter(({ level }) => level === 'warning')
      expect(warnings.map(({ message }) => message).join('\n')).toMatch(
        /NO CONNECTION: embedded:graftnet-64 is used instead of tfjs:mobilenet_v1_0\.75_224.*GRAFT_OFFLINE/,
      )
    } finally {
      elsewhere.remove()
    }
  })
})
