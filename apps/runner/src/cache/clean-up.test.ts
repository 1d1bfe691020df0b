import { existsSync, mkdirSync, mkdtempSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lease } from '@graft/engines'
import { describe, expect, it } from 'vitest'
import { findHome } from '../home.js'
import type { Home } from '../home.js'
import { openBlobStore } from '../store/file-blob-store.js'
import { cacheSize, cleanUp } from './clean-up.js'
import { clockJump } from './clock-jump.js'
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

  const day = hours(24)
  const reading = { boot: 'a', wall: 0, sinceBoot: 0 }
  const at = (wall: number, sinceBoot: number): typeof reading => ({ ...reading, wall, sinceBoot })

  it('knows by how much the clock was set since it last looked, and only that (fault 6)', async () => {
    const { home } = await filled(Date.now())
    expect(await clockJump(home, at(day, 0))).toBe(0)
    expect(await clockJump(home, at(day + hours(5), hours(5)))).toBe(0)
    expect(await clockJump(home, at(4 * day + hours(6), hours(6)))).toBe(3 * day)
    expect(await clockJump(home, at(4 * day + hours(7), hours(7)))).toBe(0)
    expect(await clockJump(home, at(day + hours(8), hours(8)))).toBe(-3 * day)
    expect(await clockJump(home, { ...at(9 * day, hours(1)), boot: 'b' }), 'another start of the system').toBe(0)
    writeFileSync(join(home.root, 'clock.json'), '{broken')
    expect(await clockJump(home, at(0, 0))).toBe(0)
  })

  it('keeps what was just used when the clock is set forward for good (fault 6)', async () => {
    const before = Date.now()
    const { home, blobs } = await filled(before)
    age(home, before - hours(0.1))
    // Three days ahead from now on: an hour of grace has not passed since the last use.
    const now = before + 3 * day
    expect((await cleanUp(home, 0, now, new Set(), 3 * day)).bytesRemoved).toBe(0)
    // The files bear the times of the new clock from then on, and grow old by it.
    expect((await cleanUp(home, 0, now + hours(0.5), new Set(), 0)).bytesRemoved).toBe(0)
    expect((await cleanUp(home, 4000, now + hours(2), new Set(), 0)).bytesRemoved).toBeGreaterThan(0)
    expect(blobs).toHaveLength(3)
  })

  it.each([
    { way: 'forward', jump: 3 * day },
    { way: 'back', jump: -3 * day },
  ])('goes by what was used longest ago when the clock was set $way in between (fault 6)', async ({ jump }) => {
    const before = Date.now()
    const { home, blobs } = await filled(before)
    // 'aa' was used after 'bb', both by the clock as it was; both over an hour ago.
    for (const [name, ago] of [
      ['aa', 2],
      ['bb', 5],
    ] as const)
      utimesSync(join(home.results, name, `${name}.json`), (before - hours(ago)) / 1000, (before - hours(ago)) / 1000)
    await cleanUp(home, 4000, before + jump, new Set(), jump)
    expect(blobs.map((blob) => existsSync(openBlobStore(home.store).path(blob)))).toEqual([true, true, false])
  })

  it('counts the record of runs, which nothing else bounded (fault 27)', async () => {
    const now = Date.now()
    const { home } = await filled(now)
    const size = await cacheSize(home)
    writeFileSync(join(home.root, 'graft.db'), new Uint8Array(3000))
    writeFileSync(join(home.root, 'graft.db-wal'), new Uint8Array(1000))
    expect(await cacheSize(home)).toBe(size + 4000)
    age(home, now - hours(10))
    expect(await cleanUp(home, size + 1, now)).toMatchObject({ bytesBefore: size + 4000 })
    expect(await cacheSize(home), 'results make way for it').toBeLessThanOrEqual(size + 1)
    expect(existsSync(join(home.root, 'graft.db'))).toBe(true)
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
