import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { textOf } from '@graft/errors'
import { type GraphDocument, parseDocument } from '@graft/graph-schema'
import { library, readTemplate } from '@graft/nodes'
import { type LocalServer, serveBytes, startLocalServer } from '@graft/nodes/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { checksumsOf, networksOf, writePins } from './pin-networks.js'
import { pin } from './commands/models/pin.js'
import { pinAfterRun } from './pin-after-run.js'
import { stubSurroundings } from '../testing/stub-surroundings.js'

const weights = readFileSync(
  new URL('../../../../packages/nodes/assets/backbones/graftnet-64/weights.safetensors', import.meta.url),
)
const sha256 = createHash('sha256').update(weights).digest('hex')
const directory = mkdtempSync(join(tmpdir(), 'graft-pin-'))
const path = join(directory, 'mine.graft.json')
const around = { ...stubSurroundings, library }
const options = { cacheDirectory: join(directory, 'cache'), resolvePath: (given: string) => join(directory, given) }
let server: LocalServer
let served: Uint8Array
let document: GraphDocument
let printed: string

beforeAll(async () => {
  server = await startLocalServer((asked, request, response) =>
    asked === '/model.safetensors' ? serveBytes(request, response, served) : void response.writeHead(404).end(),
  )
  vi.stubEnv('GRAFT_HOME', join(directory, 'home'))
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text)
    return true
  })
})
afterAll(async () => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  await server.close()
  rmSync(directory, { recursive: true, force: true })
})
beforeEach(() => {
  served = weights
  printed = ''
  const template = parseDocument(readTemplate('photos')).document as GraphDocument
  const backbone = { type: 'load-backbone', version: 1, params: { source: `${server.origin}/model.safetensors` } }
  document = { ...template, nodes: { ...template.nodes, backbone } }
  writeFileSync(path, JSON.stringify(document))
})

const pinnedInFile = (): unknown =>
  (JSON.parse(readFileSync(path, 'utf8')) as GraphDocument).nodes['backbone']?.params['sha256']

describe('pinning the networks of a graph', () => {
  it('finds them by the fields of their nodes, with what the templates have', () => {
    const template = parseDocument(readTemplate('photos')).document as GraphDocument
    expect(networksOf(template, library)).toEqual([
      { node: 'backbone', source: 'tfjs:mobilenet_v1_0.75_224', field: 'sha256', pinned: '' },
    ])
  })

  it('`graft models pin` fetches, and writes the checksum into the file and nothing else', async () => {
    await pin(path, {}, around)
    expect(printed).toMatch(new RegExp(`is pinned in .*:\n {2}sha256 ${sha256}\n`))
    const after = JSON.parse(readFileSync(path, 'utf8')) as GraphDocument
    expect(pinnedInFile()).toBe(sha256)
    const { sha256: _, ...params } = (after.nodes['backbone'] as GraphDocument['nodes'][string]).params
    expect(params).toEqual(document.nodes['backbone']?.params)
    expect(Object.keys(after.nodes)).toEqual(Object.keys(document.nodes))
    printed = ''
    await pin(path, {}, around)
    expect(printed).toMatch(/is pinned already/)
  })

  it('a pinned network that changed is refused with advice, and pinned anew only where that is asked for', async () => {
    await pin(path, {}, around)
    served = weights.subarray(0, weights.length - 4)
    const other = createHash('sha256').update(served).digest('hex')
    rmSync(join(directory, 'home'), { recursive: true, force: true })
    const said = await pin(path, {}, around).then(() => 'was pinned', textOf)
    expect(said).toMatch(new RegExp(`has checksum ${other}, not ${sha256}, which is pinned.*--replace`, 's'))
    expect(pinnedInFile()).toBe(sha256)
    await pin(path, { replace: true }, around)
    expect(pinnedInFile()).toBe(other)
  })

  it('the beginning of a checksum pins too, and becomes the whole', async () => {
    const short = { node: 'backbone', source: `${server.origin}/model.safetensors`, field: 'sha256' }
    const [found] = await checksumsOf([{ ...short, pinned: sha256.slice(0, 8) }], options)
    expect(found?.sha256).toBe(sha256)
    await expect(checksumsOf([{ ...short, pinned: '00000000' }], options)).rejects.toMatchObject({ field: 'sha256' })
  })

  it('files and embedded networks have nothing to pin', async () => {
    const sources = ['embedded:graftnet-64', 'mine.onnx']
    const found = await checksumsOf(
      sources.map((source) => ({ node: 'backbone', source, field: 'sha256', pinned: '' })),
      options,
    )
    expect(found.map((one) => one.sha256)).toEqual([null, null])
  })

  it('after a run fetches nothing, and pins only what the file itself loads', async () => {
    const place = { graph: path, base: directory }
    rmSync(join(directory, 'home'), { recursive: true, force: true })
    const before = server.asked.length
    await pinAfterRun(document, place, false, around)
    expect(printed).toMatch(/is not pinned\. .*has to be downloaded first/)
    expect(server.asked.length).toBe(before)
    await pin(path, {}, around)
    writeFileSync(path, JSON.stringify(document))
    printed = ''
    await pinAfterRun(document, place, false, around)
    expect(printed).toContain(`is pinned now: sha256 ${sha256}`)
    expect(pinnedInFile()).toBe(sha256)
    const elsewhere = { ...document, nodes: { ...document.nodes, backbone: { type: 'train', version: 1, params: {} } } }
    writeFileSync(path, JSON.stringify(elsewhere))
    printed = ''
    await pinAfterRun(document, place, false, around)
    expect(printed).toMatch(/was set for this run only/)
  })

  it('a template has no file to pin in, and says how to get one', async () => {
    const said = await pin('photos', {}, { ...around, readTemplate }).then(() => 'was pinned', textOf)
    expect(said).toMatch(/is a template/)
    expect(await writePins(path, [], library)).toBe(0)
  })
})
