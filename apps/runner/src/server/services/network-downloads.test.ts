import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NetworkDownload } from '@graft/graph-schema'
import { type LocalServer, partsIn, serveBytes, startLocalServer } from '@graft/nodes/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HelperProcess } from '../../helper/helper-process.js'
import type { HelperProgress } from '../../helper/helper-protocol.js'
import { compiled } from '../../testing/spawn-graft.js'
import { NetworkDownloads } from './network-downloads.js'

const weights = readFileSync(
  new URL('../../../../../packages/nodes/assets/backbones/graftnet-64/weights.safetensors', import.meta.url),
)
const sha256 = createHash('sha256').update(weights).digest('hex')
const half = Math.floor(weights.length / 2)
let home: string
let server: LocalServer
/** The second half of the file is sent once this is true. */
let goesOn: boolean
let downloads: NetworkDownloads

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'graft-downloads-'))
  goesOn = false
  server = await startLocalServer((path, request, response) => {
    if (path !== '/slow/model.safetensors') return void response.writeHead(404).end()
    if (goesOn) return serveBytes(request, response, weights, { etag: '"1"' })
    response.writeHead(200, { etag: '"1"', 'content-length': weights.length })
    response.write(weights.subarray(0, half))
  })
  downloads = new NetworkDownloads({
    newHelper: () => new HelperProcess(compiled('testing/stub-helper.js'), { GRAFT_HOME: home }),
    base: home,
    roots: [home],
  })
})
afterEach(async () => {
  downloads.close()
  await server.close()
  rmSync(home, { recursive: true, force: true })
})

const now = (source: string): NetworkDownload | undefined => downloads.list().find((one) => one.source === source)

async function until(source: string, isSo: (state: NetworkDownload) => boolean): Promise<NetworkDownload> {
  for (;;) {
    const state = now(source)
    if (state !== undefined && isSo(state)) return state
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('networks fetched from the editor', () => {
  it('tell how far they are, stop where they are told to, and go on from there', async () => {
    const source = `${server.origin}/slow/model.safetensors`
    const started = downloads.start(source)
    expect(started).toMatchObject({ source, sha256: null, problem: null })
    expect(downloads.start(source)?.id, 'one download of a source').toBe(started?.id)
    const under = await until(source, ({ done }) => done === half)
    expect(under).toMatchObject({ state: 'running', total: weights.length })
    // What has come is told before it is on the disk.
    await expect.poll(() => partsIn(home).map(({ bytes }) => bytes)).toEqual([half])
    expect(downloads.stop(under.id)).toBe(true)
    expect(now(source)).toMatchObject({ state: 'stopped', done: half })
    goesOn = true
    downloads.start(source)
    expect(await until(source, ({ state }) => state !== 'running' && state !== 'waiting')).toMatchObject({
      state: 'done',
      sha256,
      done: weights.length,
    })
    expect(server.asked.filter(({ headers }) => headers.range === `bytes=${half}-`)).toHaveLength(1)
    expect(downloads.stop(now(source)?.id ?? '')).toBe(true)
    expect(downloads.list()).toEqual([])
    expect(downloads.stop('nothing')).toBe(false)
  })

  it('that can’t be had say why, in words, and what to do', async () => {
    for (const [source, message] of [
      [`${server.origin}/gone.safetensors`, /answered 404/],
      ['torchvision:resnet5O', /no network "resnet5O"/],
      ['embedded:graftnet-64', /nothing to download/],
      ['/etc/passwd', /nothing to download/],
    ] as const) {
      downloads.start(source)
      const { state, problem } = await until(source, ({ state: is }) => is !== 'running' && is !== 'waiting')
      expect(state).toBe('failed')
      expect(problem?.message).toMatch(message)
      expect(problem?.fix).not.toBe('')
    }
  })
})

/** Helpers that answer when the test says so. */
function slowHelpers(): { readonly open: (() => void)[]; newHelper(): never } {
  const open: (() => void)[] = []
  const newHelper = (): unknown => ({
    ask: (_: string, __: unknown, ___: number, onProgress: (progress: HelperProgress) => void) => {
      onProgress({ done: 1, total: 2 })
      return new Promise((resolve) => open.push(() => resolve({ sha256: 'a' })))
    },
    stop: () => undefined,
  })
  return { open, newHelper: newHelper as () => never }
}

describe('many downloads', () => {
  it('go two at a time, and those that are too many are refused', async () => {
    const helpers = slowHelpers()
    const many = new NetworkDownloads({ ...helpers, base: '/', roots: [] })
    const started = Array.from({ length: 23 }, (_, index) => many.start(`hf:me/net-${index}`))
    expect(many.list().filter(({ state }) => state === 'running')).toHaveLength(2)
    expect(started.filter((state) => state === null)).toHaveLength(1)
    helpers.open[0]?.()
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(many.list().filter(({ state }) => state === 'running')).toHaveLength(2)
    expect(many.list().filter(({ state }) => state === 'done')).toHaveLength(1)
  })
})
