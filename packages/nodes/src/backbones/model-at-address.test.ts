import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ModelFiles } from '@graft/network'
import { openModelAt, type RemoteModel } from './model-at-address.js'

const content = Buffer.from('weights of a network')
const cacheDirectory = mkdtempSync(join(tmpdir(), 'graft-download-'))
let server: Server
let base: string
let requests: string[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request.url ?? '')
    if (request.url === '/models/missing.onnx') response.writeHead(404).end()
    else if (request.url === '/models/cut.onnx') {
      response.writeHead(200, { 'content-length': '1000' })
      response.write(content)
      setTimeout(() => response.destroy(), 20)
    } else response.end(content)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/models/`
})
afterAll(() => {
  server.close()
  rmSync(cacheDirectory, { recursive: true, force: true })
})

const limits = { pause: 1, tries: 2 }
const at = (address: string): RemoteModel =>
  openModelAt(address, { cacheDirectory, signal: new AbortController().signal, limits })
const open = (address: string): ModelFiles => at(address).files

describe('a model behind an address', () => {
  it('is fetched once, kept, and has the checksum of its bytes', async () => {
    requests = []
    const first = at(`${base}model.onnx`)
    expect(first.files.names).toEqual(['model.onnx'])
    expect(Buffer.from(await first.files.read('model.onnx'))).toEqual(content)
    expect(first.checksum()).toBe(createHash('sha256').update(content).digest('hex'))
    expect(Buffer.from(await open(`${base}model.onnx`).read('model.onnx'))).toEqual(content)
    expect(requests).toEqual(['/models/model.onnx'])
  })

  it('reads files beside it, and never outside its folder', async () => {
    const files = open(`${base}model.json`)
    await expect(files.read('group1-shard1of1')).resolves.toBeInstanceOf(Uint8Array)
    await expect(files.read('../secrets')).rejects.toThrow(/outside its own folder/)
    await files.read('http://elsewhere.example/x')
    expect(requests.at(-1)).toMatch(/^\/models\/http%3A\//)
  })

  it('is read in parts, and tells whether there is a file beside it', async () => {
    const files = open(`${base}model.onnx`)
    expect(Buffer.from(await files.range('model.onnx', 3, 8))).toEqual(content.subarray(3, 8))
    expect(await files.size('model.onnx')).toBe(content.length)
    expect(await open(`${base}other.onnx`).has('missing.onnx')).toBe(false)
    expect(await open('http://127.0.0.1:9/model.json').has('metadata.json')).toBe(false)
  })

  it('of a folder is its model.json', async () => {
    requests = []
    const files = open(`${base}machine/`)
    expect(files.main).toBe('model.json')
    await files.head('model.json', 2)
    await files.read('weights.bin')
    expect(requests).toEqual(['/models/machine/model.json', '/models/machine/weights.bin'])
  })

  it('that breaks off is not kept', async () => {
    for (const _ of ['once', 'again'])
      await expect(open(`${base}cut.onnx`).read('cut.onnx')).rejects.toThrow(/broke off|ended|terminated/)
    expect(readdirSync(join(cacheDirectory, 'downloads'))).not.toContain(
      createHash('sha256').update(`${base}cut.onnx`).digest('hex'),
    )
  })

  it('says what the server answered, and what is not an address', async () => {
    await expect(open(`${base}missing.onnx`).read('missing.onnx')).rejects.toThrow(/answered 404/)
    expect(() => open('ftp://example.org/model.onnx')).toThrow(/not an http or https address/)
  })
})
