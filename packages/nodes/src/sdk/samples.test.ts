import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Sample } from '@graft/graph-schema'
import { expect, it, vi } from 'vitest'
import { parseSamples, printSamples } from './sample-lines.js'
import { readSamples, withSamples } from './samples.js'
import type { BlobStore } from './node-context.js'

const files = (root: string): Sample[] =>
  ['cats/1.jpg', 'dögs/"2"\n.png'].map((id, label) => ({ id, path: join(root, id), label, fingerprint: `f${label}` }))
const drawn: Sample = {
  id: 'similar/0',
  generated: { family: 'similar', classIndex: 0, index: 0, seed: 1, size: 32 },
  label: 0,
  split: 'val',
  fingerprint: 'g',
}
const dataset = {
  kind: 'dataset',
  split: 'all',
  name: 'd',
  classNames: ['a', 'b'],
  transforms: [],
  skipped: [],
  provenance: [],
} as const

function memoryStore(): Pick<BlobStore, 'put' | 'get'> {
  const blobs = new Map<string, Uint8Array>()
  return {
    put: async (bytes, mediaType) => {
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      blobs.set(sha256, bytes)
      return { sha256, bytes: bytes.length, mediaType }
    },
    get: async (sha256) => blobs.get(sha256) ?? Promise.reject(new Error('no such blob')),
  }
}

it('the list of the same images is the same blob, wherever their folder lies', async () => {
  const store = memoryStore()
  const [here, there] = await Promise.all(
    ['/home/one/photos', '/mnt/two'].map((root) => withSamples({ ...dataset, root }, files(root), store)),
  )
  expect(here?.samples.sha256).toBe(there?.samples.sha256)
  expect(await readSamples(there!, store)).toEqual(files('/mnt/two'))
  expect(await readSamples(here!, store)).toEqual(files('/home/one/photos'))
})

it('keeps paths that lie outside of the root, and images that have none', () => {
  const samples: Sample[] = [drawn, { id: 'x', path: '/other/x.png', label: -1, fingerprint: 'h', group: 'g' }]
  expect(parseSamples(printSamples(samples, '/root'), '/root')).toEqual(samples)
})

it('holds any number of samples, each on a line of its own', () => {
  const many = Array.from({ length: 5000 }, (_, index) => ({ ...drawn, id: `n${index}` }))
  const bytes = printSamples(many)
  expect(new TextDecoder().decode(bytes).split('\n').length).toBe(5001)
  expect(parseSamples(bytes)).toEqual(many)
  expect(parseSamples(printSamples([]))).toEqual([])
})

it('parses a list once, however often it is read', async () => {
  const store = memoryStore()
  const value = await withSamples(dataset, [drawn], store)
  const get = vi.spyOn(store, 'get')
  const first = await readSamples(value, store)
  expect(await readSamples(value, store)).toBe(first)
  expect(get).toHaveBeenCalledTimes(1)
})

it('reads the lists of Graft 0.1.0, one JSON array with absolute paths', () => {
  const old = [drawn, ...files('/photos')]
  expect(parseSamples(new TextEncoder().encode(JSON.stringify(old)))).toEqual(old)
})

it.each([
  ['{"id":"a"', /^Line 1 of the list of samples is not JSON/],
  [`${JSON.stringify(drawn)}\n{"id":"a"}\n`, /^Line 2 of the list of samples is not a sample/],
  [
    '{"id":"a","path":"a.jpg","label":0,"fingerprint":"f"}',
    /has the relative path "a.jpg", but the dataset has no root/,
  ],
])('names the line that is wrong: %s', (text, message) => {
  expect(() => parseSamples(new TextEncoder().encode(text))).toThrow(message)
})
