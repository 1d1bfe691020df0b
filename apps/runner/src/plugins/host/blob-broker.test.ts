import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openBlobStore } from '../../store/file-blob-store.js'
import { BlobBroker } from './blob-broker.js'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

it('gives the blobs that the inputs name, those named in JSON blobs that it gave, those that the plugin stored, and no others', async () => {
  const store = openBlobStore(mkdtempSync(join(tmpdir(), 'graft-blobs-')))
  const [thumbnail, stranger] = [
    await store.put(bytesOf('image'), 'image/jpeg'),
    await store.put(bytesOf('secret'), 'text/plain'),
  ]
  const detail = await store.put(bytesOf(JSON.stringify({ topLosses: [{ thumbnail }] })), 'application/json')
  const broker = new BlobBroker(store, { metrics: { kind: 'metrics', detail } }, 100)
  const give = async (sha256: string): Promise<boolean> => (await broker.get(sha256)) !== null
  expect(await give(thumbnail.sha256)).toBe(false)
  expect(await give(detail.sha256)).toBe(true)
  expect(await give(thumbnail.sha256)).toBe(true)
  expect(await give(stranger.sha256)).toBe(false)
  const own = await broker.put(bytesOf('own'), 'text/plain')
  expect(await give(own?.sha256 ?? '')).toBe(true)
  expect(await broker.put(new Uint8Array(98), 'application/octet-stream')).toBeNull()
})
