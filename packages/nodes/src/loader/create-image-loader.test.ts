import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BatchMemory } from '@graft/engines'
import type { Sample, Transform } from '@graft/graph-schema'
import type { Preprocessing } from '@graft/network'
import { renderSample } from '../sample-data/render-sample.js'
import { createImageLoader, type ImageLoaderOptions } from './create-image-loader.js'
import { LocalDecoder } from './decoder.js'
import { startWorkerDecoder } from './worker-decoder.js'

const preprocessing: Preprocessing = {
  height: 32,
  width: 32,
  resize: 'stretch',
  cropFraction: 1,
  interpolation: 'bilinear',
  channelOrder: 'rgb',
  mean: [0.5, 0.4, 0.3],
  deviation: [0.2, 0.25, 0.5],
}
const transforms: readonly Transform[] = [
  { name: 'resizedCrop', options: { minScale: 0.4 }, seed: 3 },
  { name: 'rotation', options: { degrees: 20 }, seed: 3 },
  { name: 'colorJitter', options: { hue: 0.1 }, seed: 3 },
]
const samples: readonly Sample[] = Array.from({ length: 12 }, (_, index) => ({
  id: `s/${index}`,
  generated: { family: 'similar', classIndex: index % 3, index, seed: 9, size: 32 },
  label: index % 3,
  fingerprint: `f${index}`,
}))
const indices = samples.map((_, index) => index)
const open = (overrides: Partial<ImageLoaderOptions> = {}): ReturnType<typeof createImageLoader> =>
  createImageLoader({ samples, transforms: [], preprocessing, seed: 1, ...overrides })

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'graft-loader-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

describe('values', () => {
  it('are (pixel / 255 - mean) / deviation, plane by plane', async () => {
    const { shape, data } = await open().load([4, 7], 0)
    expect(shape).toEqual([2, 3, 32, 32])
    const pixels = renderSample('similar', 1, 7, 9, 32)
    for (const [channel, at] of [
      [0, 0],
      [1, 500],
      [2, 1023],
    ] as const) {
      expect(data[(3 + channel) * 1024 + at]).toBeCloseTo(
        (pixels[at * 3 + channel]! / 255 - preprocessing.mean[channel]!) / preprocessing.deviation[channel]!,
        5,
      )
    }
  })
  it("come in the network's channel order, mean and deviation too", async () => {
    const { data } = await open({ preprocessing: { ...preprocessing, channelOrder: 'bgr' } }).load([7], 0)
    expect(data[500]).toBeCloseTo((renderSample('similar', 1, 7, 9, 32)[500 * 3 + 2]! / 255 - 0.5) / 0.2, 5)
  })
  it('do not depend on batches, order, announcements or what is kept in memory', async () => {
    const together = await open({ transforms }).load(indices, 2)
    const announced = open({ transforms, cacheBytes: 0 })
    announced.prefetch?.(indices, 2)
    const size = 3 * 32 * 32
    for (const index of indices.toReversed())
      expect((await announced.load([index], 2)).data).toEqual(together.data.slice(index * size, (index + 1) * size))
  })
  it('lie in the memory that is given for them, which the next batch uses again, else in their own', async () => {
    const loader = open()
    const memory = new BatchMemory()
    const [own, other] = [await loader.load([1, 2, 3], 0), await loader.load([4, 5], 0)]
    const first = await loader.load([1, 2, 3], 0, memory)
    expect(first).toEqual(own)
    const second = await loader.load([4, 5], 0, memory)
    expect(second).toEqual(other)
    expect(second.data.buffer).toBe(first.data.buffer)
    expect(other.data.buffer).not.toBe(own.data.buffer)
  })
  it('of a shrunk JPEG photo are averages of its pixels', async () => {
    const path = join(directory, 'photo.jpg')
    await sharp(renderSample('source', 2, 0, 1, 160), { raw: { width: 160, height: 160, channels: 3 } })
      .jpeg({ quality: 95 })
      .toFile(path)
    const { data } = await open({ samples: [{ id: 'photo', path, label: 0, fingerprint: 'photo' }] }).load([0], 0)
    const raw = await sharp(path).raw().toBuffer()
    const block = [...Array(5).keys()].flatMap((y) => [...Array(5).keys()].map((x) => raw[(y * 160 + x) * 3]!))
    expect((data[0]! * 0.2 + 0.5) * 255).toBeGreaterThanOrEqual(Math.min(...block) - 1)
    expect((data[0]! * 0.2 + 0.5) * 255).toBeLessThanOrEqual(Math.max(...block) + 1)
  })
})

describe('keys', () => {
  it('are the same for all views of an image that does not change, and differ by image', () => {
    const loader = open()
    expect(loader.random).toBe(false)
    expect(loader.key(0, 5)).toBe(loader.key(0, 0))
    expect(new Set(indices.map((index) => loader.key(index, 0))).size).toBe(indices.length)
  })
  it('differ by view, preprocessing, transforms and seed', () => {
    const keys = [
      open(),
      open({ transforms }),
      open({ transforms, seed: 2 }),
      open({ transforms: transforms.slice(1) }),
      open({ preprocessing: { ...preprocessing, width: 31 } }),
    ].map((loader) => loader.key(0, 0))
    expect(new Set([...keys, open({ transforms }).key(0, 1)]).size).toBe(keys.length + 1)
    expect(open({ seed: 2 }).key(0, 0)).toBe(keys[0])
  })
})

describe('failures', () => {
  const broken = (path: string): readonly Sample[] => [
    ...samples,
    { id: 'ants/7.jpg', path, label: 0, fingerprint: 'broken' },
  ]
  it('name the file, and leave the others alone', async () => {
    const path = join(directory, 'gone.jpg')
    const loader = open({ samples: broken(path) })
    loader.prefetch?.([12], 0)
    await expect(loader.load([0, 12], 0)).rejects.toMatchObject({
      name: 'NodeError',
      message: expect.stringMatching(/^The image "ants\/7\.jpg" \(.*gone\.jpg\) can't be read: ENOENT/) as unknown,
      fix: expect.stringContaining('Restore it') as unknown,
    })
    expect((await loader.load([0], 0)).shape).toEqual([1, 3, 32, 32])
  })
  it('include files that are not images any more', async () => {
    const path = join(directory, 'words.jpg')
    await writeFile(path, 'words')
    await expect(open({ samples: broken(path) }).load([12], 0)).rejects.toThrow(/unsupported image format/)
  })
  it('include images that changed since they were fingerprinted, so that nothing is kept under the old name (fault 1)', async () => {
    const path = join(directory, 'changed.png')
    const encode = (red: number): Promise<Buffer> =>
      sharp({ create: { width: 40, height: 40, channels: 3, background: { r: red, g: 0, b: 0 } } })
        .png()
        .toBuffer()
    const bytes = await encode(10)
    await writeFile(path, bytes)
    const fingerprint = createHash('sha256').update(bytes).digest('hex')
    const changing = [{ id: 'ants/8.png', path, label: 0, fingerprint }]
    expect((await open({ samples: changing }).load([0], 0)).shape).toEqual([1, 3, 32, 32])
    await writeFile(path, await encode(200))
    await expect(open({ samples: changing }).load([0], 0)).rejects.toThrow(/"ants\/8\.png".*not those that were there/)
  })
  it("stop with the signal's reason when aborted", async () => {
    const controller = new AbortController()
    const loader = open({ signal: controller.signal })
    const loading = loader.load(indices, 0)
    controller.abort(new Error('cancelled by the user'))
    await expect(loading).rejects.toThrow('cancelled by the user')
    await expect(loader.load([0], 0)).rejects.toThrow('cancelled by the user')
  })
  it("name a transform that can't be used, when opened", () => {
    expect(() => open({ transforms: [{ name: 'rotation', options: { degrees: 500 }, seed: 0 }] })).toThrow(
      /"rotation" can't be used as given/,
    )
  })
})

const built = existsSync(fileURLToPath(new URL('../../dist/loader/worker.js', import.meta.url)))
if (!built) console.warn('skipped: no built worker; run the build first to test worker threads')
describe.skipIf(!built)('worker threads', () => {
  it('give the same values as this thread, bit for bit', async () => {
    const path = join(directory, 'for-workers.png')
    await sharp(renderSample('source', 1, 0, 1, 90), { raw: { width: 90, height: 90, channels: 3 } })
      .png()
      .toFile(path)
    const mixed = [...samples, { id: 'file', path, label: 0, fingerprint: 'file' }]
    const [here, workers] = [
      open({ samples: mixed, transforms, threads: 0 }),
      open({ samples: mixed, transforms, threads: 2 }),
    ]
    const all = mixed.map((_, index) => index)
    workers.prefetch?.(all, 0)
    for (const view of [0, 1]) expect((await workers.load(all, view)).data).toEqual((await here.load(all, view)).data)
    await workers.close()
  })
  it('give the same values where shared memory has no place left, and use places again', async () => {
    const recipe = { preprocessing, transforms, seed: 1 }
    const [here, workers] = [
      new LocalDecoder(recipe, 0),
      startWorkerDecoder(recipe, { threads: 2, cacheBytes: 0, places: 3 })!,
    ]
    const shared: number[] = []
    for (const view of [0, 1]) {
      const images = await Promise.all(samples.map((sample, index) => workers.prepare(sample, view, index)))
      for (const [index, image] of images.entries())
        expect(image.data).toEqual((await here.prepare(samples[index]!, view)).data)
      shared.push(images.filter(({ data }) => data.buffer instanceof SharedArrayBuffer).length)
      for (const { release } of images) release()
    }
    expect(shared).toEqual([3, 3])
    await workers.close()
  })
  it('give the same values after announcements that no one took', async () => {
    const [here, workers] = [open({ transforms, threads: 0 }), open({ transforms, threads: 2 })]
    for (const view of [0, 1, 2, 3]) {
      workers.prefetch?.(indices.slice(6), view)
      expect((await workers.load(indices.slice(0, 6), view)).data).toEqual(
        (await here.load(indices.slice(0, 6), view)).data,
      )
    }
    await workers.close()
  })
  it('report a broken file like this thread, and go on', async () => {
    const loader = open({
      samples: [...samples, { id: 'gone', path: join(directory, 'gone.jpg'), label: 0, fingerprint: 'gone' }],
      threads: 1,
    })
    await expect(loader.load([12], 0)).rejects.toThrow(/"gone".*can't be read: ENOENT/)
    expect((await loader.load([1], 0)).shape).toEqual([1, 3, 32, 32])
    await loader.close()
  })
  it('reject what is still waiting when closed', async () => {
    const loader = open({ threads: 1 })
    const loading = loader.load(indices, 0)
    await Promise.all([expect(loading).rejects.toThrow(/was closed/), loader.close()])
  })
})
