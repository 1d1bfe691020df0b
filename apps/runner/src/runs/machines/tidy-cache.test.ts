import { existsSync, mkdtempSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findHome } from '../../home.js'
import { openBlobStore } from '../../store/file-blob-store.js'
import { cacheTidier } from './tidy-cache.js'

it('removes what nothing needs above the budget, but not what a worker has just asked for', async () => {
  const home = findHome({ GRAFT_HOME: mkdtempSync(join(tmpdir(), 'graft-tidy-')) })
  const store = openBlobStore(home.store)
  const [old, asked] = await Promise.all(
    [1, 2].map(async (value) => (await store.put(new Uint8Array(1000).fill(value), 'text/plain')).sha256),
  )
  if (old === undefined || asked === undefined) throw new Error('nothing was stored')
  const before = Date.now() / 1000 - 2 * 3600
  for (const sha256 of [old, asked])
    for (const path of [store.path(sha256), `${store.path(sha256)}.json`]) utimesSync(path, before, before)
  expect(await store.keep(asked)).toBe(true)
  const errors: unknown[] = []
  cacheTidier(home, 0, { keptBlobs: () => new Set() }, (error) => errors.push(error))()
  await expect.poll(() => existsSync(store.path(old))).toBe(false)
  expect([existsSync(store.path(asked)), errors]).toEqual([true, []])
})
