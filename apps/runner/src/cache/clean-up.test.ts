import { mkdirSync, mkdtempSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lease } from '@graft/engines'
import { describe, expect, it } from 'vitest'
import { findHome } from '../home.js'
import type { Home } from '../home.js'
import { openBlobStore } from '../store/file-blob-store.js'
import { cacheSize, cleanUp } from './clean-up.js'
import { cacheLimits, environmentOf } from './limits.js'
import { openResultCache } from './result-cache.js'

const hours = (number: number): number => number * 3600 * 1000

/** Every file of the folder looks as if last used then. */
function age(home: Home, time: number): void {
  for (const entry of readdirSync(home.root, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) utimesSync(join(entry.parentPath, entry.name), time / 1000, time / 1000)
}

async function filled(now: number): Promise<{ home: Home; keys: string[]; blobs: string[] }> {
  const home = findHome({ GRAFT_HOME: mkdtempSync(join(tmpdir(), 'graft-clean-')) })
  const store = openBlobStore(home.store)
  const cache = openResultCache(home.results)
  const shared = await store.put(new Uint8Array(500), 'application/octet-stream')
  const blobs = [shared.sha256]
  const keys = ['aa', 'bb']
  for (const [index, key] of keys.entries()) {
    const own = await store.put(new Uint8Array(2000).fill(index + 1), 'application/octet-stream')
    blobs.push(own.sha256)
    await cache.save({
      key,
      type: 'x',
      outputs: {},
      blobs: [own.sha256, shared.sha256],
      notices: [],
      milliseconds: 1,
      time: '',
    })
  }
  age(home, now - hours(10))
  return { home, keys, blobs }
}

describe('cleaning up the cache', () => {
  it('removes the result used longest ago and its own blobs, and keeps blobs that others need', async () => {
    const now = Date.now()
    const { home, blobs } = await filled(now)
    utimesSync(join(home.results, 'bb', 'bb.json'), (now - hours(5)) / 1000, (now - hours(5)) / 1000)
    const { bytesRemoved } = await cleanUp(home, 4000, now)
    const store = openBlobStore(home.store)
    expect(bytesRemoved).toBeGreaterThan(2000)
    expect(await Promise.all(blobs.map((blob) => store.has(blob)))).toEqual([true, false, true])
    expect((await openResultCache(home.results).lookup('bb', store)).found).not.toBeNull()
    expect(await cacheSize(home)).toBeLessThanOrEqual(4000)
  })

  it('takes what was used under a clock that ran ahead for the oldest, not for the newest (fault 6)', async () => {
    const now = Date.now()
    const { home, blobs } = await filled(now)
    // 'aa' was used three days ahead; then the clock was set right, and 'bb' was used.
    const ahead = (now + hours(72)) / 1000
    utimesSync(join(home.results, 'aa', 'aa.json'), ahead, ahead)
    utimesSync(join(home.results, 'bb', 'bb.json'), (now - hours(2)) / 1000, (now - hours(2)) / 1000)
    await cleanUp(home, 4000, now)
    const store = openBlobStore(home.store)
    expect(await Promise.all(blobs.map((blob) => store.has(blob)))).toEqual([true, false, true])
  })

  it('removes what killed processes had begun to write, also while the cache fits (fault 27)', async () => {
    const now = Date.now()
    const { home } = await filled(now)
    const [old, young] = ['aa.json.1-00.tmp', 'bb.json.2-00.tmp'].map((name) => join(home.results, name)) as [
      string,
      string,
    ]
    for (const path of [old, young]) writeFileSync(path, 'part')
    utimesSync(old, (now - hours(3)) / 1000, (now - hours(3)) / 1000)
    await cleanUp(home, 1e9, now)
    expect(readdirSync(home.results)).not.toContain('aa.json.1-00.tmp')
    expect(readdirSync(home.results)).toContain('bb.json.2-00.tmp')
  })

  it('removes nothing while the cache fits, and nothing that was used within the hour', async () => {
    const now = Date.now()
    const { home } = await filled(now)
    expect((await cleanUp(home, 1e9, now)).bytesRemoved).toBe(0)
    age(home, now)
    expect((await cleanUp(home, 0, now)).bytesRemoved).toBe(0)
  })

  it('counts and removes derived data too', async () => {
    const now = Date.now()
    const { home } = await filled(now)
    mkdirSync(join(home.derived, 'features'), { recursive: true })
    writeFileSync(join(home.derived, 'features', 'x'), new Uint8Array(9000))
    age(home, now - hours(10))
    utimesSync(join(home.derived, 'features', 'x'), (now - hours(20)) / 1000, (now - hours(20)) / 1000)
    expect((await cleanUp(home, 6000, now)).bytesRemoved).toBe(9000)
  })

  it('takes the limit from the environment, ignoring nonsense', () => {
    expect(cacheLimits({ GRAFT_CACHE_LIMIT_GB: '0.5' }).disk).toBe(5e8)
    expect(cacheLimits({ GRAFT_CACHE_LIMIT_GB: 'lots' })).toEqual(cacheLimits({}))
    const limits = { disk: 1.5e9, memory: 64 * 2 ** 20 }
    expect(cacheLimits(environmentOf(limits)), 'as a child process reads them').toEqual(limits)
  })

  it('passes by what a living run uses, however long ago that began (fault 12)', async () => {
    const now = Date.now()
    const { home } = await filled(now)
    const folder = join(home.derived, 'features')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'records'), new Uint8Array(100))
    const release = await lease(folder)
    age(home, now - hours(10))
    await cleanUp(home, 0, now)
    expect(readdirSync(folder)).toContain('records')
    await release()
    // As one leaves it that was killed, and whose number is used again.
    writeFileSync(join(folder, `lease-${process.pid}-1-x`), '')
    age(home, now - hours(10))
    await cleanUp(home, 0, now)
    expect(readdirSync(folder)).not.toContain('records')
  })
})
