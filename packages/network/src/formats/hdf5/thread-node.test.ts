import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readHdf5 } from './read-hdf5.js'
import { hdf5ThreadIsBuilt } from './thread-node.js'
import { writeHdf5 } from './write-hdf5.js'

const sound = (value: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(writeHdf5(new Map([['layers/dense', { shape: [2], data: Float32Array.of(value, 1) }]])))

const damaged = (): Uint8Array<ArrayBuffer> => sound(1).fill(255, 96)

const numbersIn = async (bytes: Uint8Array<ArrayBuffer>): Promise<readonly number[] | null> =>
  readHdf5(bytes, 'model.h5').then(
    ({ tensors }) => [...tensors.values()].flatMap(({ data }) => [...data]),
    () => null,
  )

if (!hdf5ThreadIsBuilt())
  console.log('skipped: Graft is not built, and HDF5 files are read without a thread (npm run build)')

describe.skipIf(!hdf5ThreadIsBuilt())('the thread that reads HDF5 files', () => {
  let started: Worker[] = []
  const count = (worker: Worker): void => void started.push(worker)
  beforeEach(() => {
    started = []
    process.on('worker', count)
  })
  afterEach(() => process.off('worker', count))

  it('reads the next file when its last one was sound, and none after a damaged one', async () => {
    const first = await numbersIn(sound(3))
    const before = started.length
    const second = await numbersIn(sound(4))
    expect([first, second].map((numbers) => numbers?.[0])).toEqual([3, 4])
    expect(started).toHaveLength(before)
    const last = started.at(-1)
    expect(await numbersIn(damaged())).toBeNull()
    if (last !== undefined) expect(last.threadId).toBe(-1)
    expect((await numbersIn(sound(5)))?.[0]).toBe(5)
    expect(started).toHaveLength(before + 1)
  })

  it('reads files side by side, each in a thread of its own', async () => {
    const all = await Promise.all([6, 7, 8].map((value) => numbersIn(sound(value))))
    expect(all.map((numbers) => numbers?.[0])).toEqual([6, 7, 8])
    expect(started.length).toBeGreaterThan(1)
    expect(started.filter(({ threadId }) => threadId !== -1).length).toBeLessThan(2)
  })
})
