import { existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '@graft/network'
import { expect, it } from 'vitest'
import { damageFile } from '../testing/damage.js'
import { newestCheckpoint, openCheckpoints } from './checkpoints.js'
import { giveCheckpoint, givenPath } from './given-checkpoint.js'

const seed = Number(process.env.GRAFT_TEST_SEED ?? Date.now() % 1_000_000)
const random = createRandom(seed)
const state = (fill: number): Uint8Array => new Uint8Array(500).fill(fill)

async function withTwo(): Promise<{
  readonly directory: string
  readonly load: () => Promise<{ readonly bytes: Uint8Array | null; readonly warnings: readonly string[] }>
}> {
  const directory = join(mkdtempSync(join(tmpdir(), 'graft-checkpoints-')), 'run')
  const open = (): ReturnType<ReturnType<typeof openCheckpoints>['ofNode']> =>
    openCheckpoints(directory).ofNode('key', 'train')
  const node = open()
  await node.save(state(1))
  await node.save(state(2))
  return {
    directory,
    load: async () => {
      const warnings: string[] = []
      return { bytes: await open().load((message) => warnings.push(message)), warnings }
    },
  }
}

it('gives the newest checkpoint, and keeps no more than the one before it', async () => {
  const { directory, load } = await withTwo()
  expect(await load()).toEqual({ bytes: state(2), warnings: [] })
  expect(readdirSync(directory).sort()).toEqual(['key.checkpoint', 'key.earlier.checkpoint'])
  await openCheckpoints(directory).forget('key')
  expect(readdirSync(directory)).toEqual([])
})

it(`never takes a damaged checkpoint: the one before it, then the start, with a warning each (machines 20; seed ${seed})`, async () => {
  for (let round = 0; round < 100; round++) {
    const { directory, load } = await withTwo()
    const newest = join(directory, 'key.checkpoint')
    const how = `seed ${seed}, round ${round}: ${damageFile(newest, random)}`
    const second = await load()
    expect(second.bytes, how).toEqual(state(1))
    expect(second.warnings, how).toHaveLength(1)
    expect(second.warnings[0], how).toContain('is damaged')
    expect(existsSync(newest), how).toBe(false)
    damageFile(join(directory, 'key.earlier.checkpoint'), random)
    const third = await load()
    expect(third.bytes, how).toBeNull()
    expect(third.warnings, how).toHaveLength(1)
  }
})

it('knows the newest of a run by what was saved last, however the clock was set, and what was given as older than all', async () => {
  const { directory } = await withTwo()
  await giveCheckpoint(directory, 'train', state(0))
  const tomorrow = new Date(Date.now() + 86_400_000)
  await utimes(join(directory, 'key.earlier.checkpoint'), tomorrow, tomorrow)
  await utimes(givenPath(directory, 'train'), tomorrow, tomorrow)
  expect(await newestCheckpoint(directory)).toEqual(state(2))
  await openCheckpoints(directory).ofNode('other', 'later').save(state(3))
  const later = new Date(Date.now() + 2 * 86_400_000)
  await utimes(join(directory, 'other.checkpoint'), later, later)
  expect(await newestCheckpoint(directory)).toEqual(state(3))
})

it('keeps the last one of a finished node where other machines may not be as far', async () => {
  const { directory, load } = await withTwo()
  await openCheckpoints(directory, { keepLast: true }).forget('key')
  expect((await load()).bytes).toEqual(state(2))
  expect(readdirSync(directory)).toEqual(['key.checkpoint'])
})
