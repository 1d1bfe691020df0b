import { spawn } from 'node:child_process'
import { appendFile, mkdtemp, open, readdir, rm, stat, truncate, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { rejectionOf } from '@graft/errors/testing'
import { createFeatureCache } from './feature-cache.js'
import { isLeased } from './lease.js'
import type { FeatureStore } from '../../host/feature-store.js'

const key = 'ab'.repeat(32)
const length = 5
const record = (seed: number): number[] => Array.from({ length }, (_, index) => Math.fround(seed + index / 7))
const records = (...seeds: number[]): Float32Array => Float32Array.from(seeds.flatMap(record))

let directory: string
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'graft-features-'))))
afterEach(() => rm(directory, { recursive: true, force: true }))

async function using<Result>(work: (store: FeatureStore) => Promise<Result>, memoryBytes?: number): Promise<Result> {
  const store = await createFeatureCache(directory, { ...(memoryBytes !== undefined && { memoryBytes }) }).open(
    key,
    length,
  )
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

async function fileEnding(ending: string): Promise<string> {
  const folder = join(directory, `${key}-${length}`)
  return join(folder, (await readdir(folder)).find((name) => name.endsWith(ending)) as string)
}

describe('feature cache', () => {
  it.each([
    ['memory', undefined],
    ['disk', 0],
    ['both', 2 * length * 4],
  ])('gives back what was put, bit for bit, in any order, from %s', async (_, memoryBytes) => {
    await using(async (store) => {
      expect(await store.missing(['a', 'b', 'a', 'c'])).toEqual(['a', 'b', 'c'])
      await store.put(['a', 'b'], records(1, 2))
      await store.put(['c'], records(3))
      expect(await store.read(['c', 'a', 'b', 'a'])).toEqual(records(3, 1, 2, 1))
    }, memoryBytes)
    await using(async (store) => {
      expect(await store.missing(['c', 'd', 'a', 'b'])).toEqual(['d'])
      expect(await store.read(['b', 'c', 'a'])).toEqual(records(2, 3, 1))
    }, memoryBytes)
  })

  it('keeps the first value of a key that is put twice', async () => {
    await using(async (store) => {
      await store.put(['a', 'a'], records(1, 2))
      await store.put(['a'], records(3))
      expect(await store.read(['a'])).toEqual(records(1))
    })
  })

  it('keeps prefixes apart', async () => {
    await using((store) => store.put(['a'], records(1)))
    const other = await createFeatureCache(directory).open('cd'.repeat(32), length)
    expect(await other.missing(['a'])).toEqual(['a'])
    await other.close()
  })

  it.each([
    ['a torn index entry', async () => truncate(await fileEnding('.index'), 64 + 20), ['b', 'c']],
    [
      'data cut off in the middle of a record',
      async () => truncate(await fileEnding('.features'), length * 4 * 2 + 7),
      ['c'],
    ],
    ['garbage after the index', async () => appendFile(await fileEnding('.index'), Buffer.alloc(100)), []],
    [
      'a flipped bit',
      async () => {
        const file = await open(await fileEnding('.features'), 'r+')
        await file.write(Buffer.from([0xff]), 0, 1, length * 4 + 3)
        await file.close()
      },
      ['b'],
    ],
    ['the data file gone', async () => rm(await fileEnding('.features')), ['a', 'b', 'c']],
    ['the index gone', async () => rm(await fileEnding('.index')), ['a', 'b', 'c']],
  ])('loses only what a crash or the disk damaged: %s', async (_, damage, lost) => {
    await using((store) => store.put(['a', 'b', 'c'], records(1, 2, 3)))
    await damage()
    await using(async (store) => {
      expect(await store.missing(['a', 'b', 'c'])).toEqual(lost)
      await store.put(lost, records(...lost.map((name) => 'abc'.indexOf(name) + 1)))
      expect(await store.read(['a', 'b', 'c'])).toEqual(records(1, 2, 3))
    })
    await using(async (store) => {
      expect(await store.missing(['a', 'b', 'c'])).toEqual([])
      expect(await store.read(['a', 'b', 'c'])).toEqual(records(1, 2, 3))
    })
  })

  it('is not disturbed by another writer at work', async () => {
    await using(async (first) => {
      await first.put(['a'], records(1))
      await using(async (second) => {
        expect(await second.missing(['a', 'b'])).toEqual(['b'])
        await first.put(['b'], records(2))
        await second.put(['b', 'c'], records(2, 3))
      })
    })
    await using(async (store) => {
      expect(await store.missing(['a', 'b', 'c'])).toEqual([])
      expect(await store.read(['a', 'b', 'c'])).toEqual(records(1, 2, 3))
    })
  })

  it('removes the prefix used longest ago when it grows over its limit, and passes by one that is open (fault 12)', async () => {
    const recordBytes = length * 4
    const [oldest, newer, newest] = ['11', '22', '33'].map((pair) => pair.repeat(32)) as [string, string, string]
    for (const [age, name] of [
      [300, oldest],
      [200, newer],
    ] as const) {
      const store = await createFeatureCache(directory).open(name, length)
      await store.put(['a', 'b'], records(1, 2))
      await store.close()
      const then = new Date(Date.now() - age * 1000)
      await utimes(join(directory, `${name}-${length}`, 'used'), then, then)
    }
    const held = await createFeatureCache(directory, { memoryBytes: 0 }).open(newer, length)
    expect(await held.missing(['a', 'b'])).toEqual([])
    const cache = createFeatureCache(directory, { maximumBytes: 2 * (2 * recordBytes + 2 * 64) - 1 })
    const store = await cache.open(newest, length)
    expect(await readdir(directory)).toEqual([`${newer}-${length}`, `${newest}-${length}`])
    await store.put(['a', 'b'], records(5, 6))
    await store.close()
    await cache.trim()
    expect(await readdir(directory)).toEqual([`${newer}-${length}`])
    await held.put(['c'], records(7))
    expect(await held.read(['b', 'a', 'c'])).toEqual(records(2, 1, 7))
    await held.close()
    await createFeatureCache(directory, { maximumBytes: 0 }).trim()
    expect(await readdir(directory)).toEqual([])
  })

  it('does not wait for a process that was killed while it used a prefix', async () => {
    const module = new URL('../../../dist/node/feature-cache/lease.js', import.meta.url)
    const folder = join(directory, `${key}-${length}`)
    await using((store) => store.put(['a'], records(1)))
    const script = `import(${JSON.stringify(module.href)}).then(async ({ lease }) => { await lease(process.argv[1]); console.log('held'); setInterval(() => {}, 1000) })`
    const child = spawn(process.execPath, ['-e', script, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    expect(await isLeased(folder)).toBe(true)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    expect(await isLeased(folder)).toBe(false)
    expect((await readdir(folder)).filter((name) => name.startsWith('lease-'))).toEqual([])
  })

  it('says what to do when the folder cannot be made', async () => {
    await appendFile(join(directory, 'file'), '')
    expect(await rejectionOf(createFeatureCache(join(directory, 'file')).open(key, length))).toMatch(
      /can't be made.*Choose another cache folder/s,
    )
  })

  it('survives a process killed while it writes', async () => {
    // The child writes record after record as the cache does: data first, then the index; it is killed at some moment.
    const folder = join(directory, `${key}-${length}`)
    await using(async () => {})
    const script = `
      const { openSync, writeSync } = require('node:fs'), { createHash } = require('node:crypto')
      const data = openSync(${JSON.stringify(join(folder, 'child.features'))}, 'wx'), index = openSync(${JSON.stringify(join(folder, 'child.index'))}, 'wx')
      const hash = (value) => createHash('sha256').update(value).digest()
      for (let i = 0; ; i++) {
        const record = Buffer.from(Float32Array.from({ length: ${length} }, (_, at) => Math.fround(i + at / 7)).buffer)
        writeSync(data, record)
        writeSync(index, Buffer.concat([hash('key' + i), hash(record)]))
        if (i === 300) process.stdout.write('ready')
      }`
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    const whole = Math.floor((await stat(join(folder, 'child.index'))).size / 64)
    const keys = Array.from({ length: whole }, (_, index) => `key${index}`)
    await using(async (store) => {
      expect(await store.missing(keys)).toEqual([])
      expect(await store.read(keys.slice(0, 50))).toEqual(records(...keys.slice(0, 50).keys()))
      expect(await store.missing([`key${whole}`])).toEqual([`key${whole}`])
    })
  })
})
