import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BlobStore } from '@graft/nodes'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openBlobStore } from '../store/file-blob-store.js'
import { remoteStore } from './remote-store.js'
import { ServerClient } from './server-client.js'

let server: Server
let answer: RequestListener
let temporary: string
let store: BlobStore

const bytes = Buffer.alloc(3000, 'graft')
const sha256 = createHash('sha256').update(bytes).digest('hex')

beforeEach(async () => {
  server = createServer((request, response) => answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const client = new ServerClient(
    { address: `http://127.0.0.1:${port}` },
    new AbortController().signal,
    Number.POSITIVE_INFINITY,
  )
  const folder = mkdtempSync(join(tmpdir(), 'graft-remote-store-'))
  temporary = join(folder, 'tmp')
  const limits = { temporary, limitBytes: 5000, checkPath: () => undefined }
  store = remoteStore(openBlobStore(join(folder, 'store')), client, 'l', limits)
})
afterEach(() => new Promise((resolve) => server.close(resolve)))

it('keeps an artifact once it came whole, after answers that broke off', async () => {
  let asked = 0
  answer = (_, response) => {
    asked += 1
    response.writeHead(200, { 'content-length': String(bytes.byteLength) })
    response.write(bytes.subarray(0, 1000))
    if (asked === 1) setTimeout(() => response.destroy(), 20)
    else response.end(bytes.subarray(1000))
  }
  expect(Buffer.from(await store.get(sha256))).toEqual(bytes)
  await store.get(sha256)
  expect(asked).toBe(2)
  expect(readdirSync(temporary)).toEqual([])
})

it('keeps nothing that came with another checksum', async () => {
  answer = (_, response) => response.end('other')
  await expect(store.get(sha256)).rejects.toMatchObject({ code: 'transfer-damaged' })
  expect(readdirSync(temporary)).toEqual([])
})

it('stops reading an artifact that is larger than the worker takes, whatever the server says of its length', async () => {
  let stopped = false
  answer = (_, response) => {
    response.on('close', () => (stopped = true))
    const more = (): void => void (response.destroyed || response.write(bytes, () => setImmediate(more)))
    more()
  }
  await expect(store.get(sha256)).rejects.toMatchObject({ code: 'transfer-too-large' })
  await expect.poll(() => stopped).toBe(true)
  expect(readdirSync(temporary)).toEqual([])
})
