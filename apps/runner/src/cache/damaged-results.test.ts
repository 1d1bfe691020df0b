import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '@graft/network'
import { expect, it } from 'vitest'
import { openBlobStore } from '../store/file-blob-store.js'
import { damageFile } from '../testing/damage.js'
import { openResultCache } from './result-cache.js'
import type { CachedResult } from './result-cache.js'

const seed = Number(process.env.GRAFT_TEST_SEED ?? Date.now() % 1_000_000)
const random = createRandom(seed)

it(`a result that is damaged, itself or a file it names, is made again and never handed on (machines 18; seed ${seed})`, async () => {
  for (let round = 0; round < 60; round++) {
    const directory = mkdtempSync(join(tmpdir(), 'graft-damaged-'))
    const store = openBlobStore(join(directory, 'store'))
    const content = new Uint8Array(300).map(() => Math.floor(random() * 256))
    const { sha256 } = await store.put(content, 'application/octet-stream')
    const entry: CachedResult = {
      key: 'aa',
      type: 't',
      outputs: { accuracy: 0.923_456, blob: sha256 },
      blobs: [sha256],
      notices: [],
      milliseconds: 1,
      time: '2026-01-01T00:00:00Z',
    }
    const cache = openResultCache(join(directory, 'results'))
    await cache.save(entry)
    expect(await cache.lookup('aa', store)).toEqual({ found: entry })
    const files = [store.path(sha256), join(directory, 'results', 'aa', 'aa.json')]
    const file = files[round % 2] as string
    const how = `seed ${seed}, round ${round}: ${damageFile(file, random)} in ${file}`
    for (const reader of [store, openBlobStore(join(directory, 'store'))]) {
      const lookup = await cache.lookup('aa', reader)
      // A file that lost only its checksum's last line break says the same as before.
      if (lookup.found !== null) expect([round % 2, lookup.found], how).toEqual([1, entry])
    }
    await store.put(content, 'application/octet-stream')
    expect(await store.get(sha256), how).toEqual(Buffer.from(content))
  }
})

it('results that Graft 0.1.0 stored, without a checksum, are read', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'graft-damaged-'))
  const cache = openResultCache(directory)
  const entry = { key: 'aa', type: 't', outputs: {}, blobs: [], notices: [], milliseconds: 1, time: '' }
  await cache.save(entry)
  const file = join(directory, 'aa', readdirSync(join(directory, 'aa'))[0] as string)
  writeFileSync(file, readFileSync(file, 'utf8').split('\n')[0] as string)
  expect((await cache.lookup('aa', openBlobStore(join(directory, 'store')))).found).toEqual(entry)
})
