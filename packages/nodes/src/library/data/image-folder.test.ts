import { existsSync, statSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rename, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DatasetValue, Sample } from '@graft/graph-schema'
import { decodeSample } from '../../image-files/decode.js'
import { createImageLoader } from '../../loader/index.js'
import { mulberry32 } from '../../random.js'
import { must } from '@graft/errors'
import { library } from '../index.js'
import { imageFolder } from './image-folder.js'
import { closeFolders, failure, folderOf, image, jpeg, openFolders, png, scan } from '../../testing/folder-fixture.js'
import { createTestContext, type TestContext } from '../../testing/test-context.js'

const realData = process.env.GRAFT_REAL_DATA ?? fileURLToPath(new URL('../../../../../../shared/real', import.meta.url))
let directory: string
beforeAll(async () => {
  directory = await openFolders()
})
afterAll(closeFolders)

describe('layouts', () => {
  it('reads one folder per class, in order of character codes, with folders inside', async () => {
    const { images, context } = await scan(
      await folderOf({
        'bees/1.jpg': await jpeg(),
        'bees/more/2.jpg': await jpeg(),
        'ants/3.png': await png(),
        'Wasps/4.jpg': await jpeg(),
      }),
    )
    expect(images).toMatchObject({
      split: 'all',
      classNames: ['Wasps', 'ants', 'bees'],
      count: 4,
      countPerClass: [1, 1, 2],
      skipped: [],
    })
    expect((await context.samplesOf(images)).map(({ id, label, split }) => [id, label, split])).toEqual([
      ['Wasps/4.jpg', 0, undefined],
      ['ants/3.png', 1, undefined],
      ['bees/1.jpg', 2, undefined],
      ['bees/more/2.jpg', 2, undefined],
    ])
  })

  it('reads train, validation and test folders, whatever their usual names', async () => {
    const { images, context } = await scan(
      await folderOf({
        'Train/ants/1.jpg': await jpeg(),
        'Train/bees/2.jpg': await jpeg(),
        'valid/ants/3.jpg': await jpeg(),
        'test/bees/4.jpg': await jpeg(),
        'test/unlabelled.jpg': await jpeg(),
      }),
    )
    expect((await context.samplesOf(images)).map(({ id, split }) => [id, split])).toEqual([
      ['Train/ants/1.jpg', 'train'],
      ['Train/bees/2.jpg', 'train'],
      ['test/bees/4.jpg', 'test'],
      ['valid/ants/3.jpg', 'val'],
    ])
    expect(images.skipped).toEqual([{ file: 'test/unlabelled.jpg', reason: 'not inside a class folder' }])
  })

  it('takes a folder "train" with images in it for a class', async () => {
    const { images } = await scan(await folderOf({ 'train/1.jpg': await jpeg(), 'bus/2.jpg': await jpeg() }))
    expect(images.classNames).toEqual(['bus', 'train'])
  })

  it('leaves out links unless asked to follow them, and survives a circle of links', async () => {
    const path = await folderOf({ 'ants/1.jpg': await jpeg(), 'bees/2.jpg': await jpeg() })
    await symlink(join(directory, path), join(directory, path, 'ants', 'circle'))
    await symlink(join(directory, path, 'bees', '2.jpg'), join(directory, path, 'bees', '3.jpg'))
    expect((await scan(path)).images).toMatchObject({
      count: 2,
      skipped: [
        { file: 'ants/circle' },
        { file: 'bees/3.jpg', reason: expect.stringContaining('Follow links') as unknown },
      ],
    })
    expect((await scan(path, { followLinks: true })).images).toMatchObject({
      count: 3,
      skipped: [{ file: 'ants/circle', reason: 'a link to a folder that is already included' }],
    })
  })

  it('groups by file name', async () => {
    const { images, context } = await scan(
      await folderOf({
        'a/p1_1.jpg': await jpeg(),
        'a/p1_2.jpg': await jpeg(),
        'b/p2_1.jpg': await jpeg(),
        'b/other.jpg': await jpeg(),
      }),
      { groupBy: '^([^_]+)_' },
    )
    expect((await context.samplesOf(images)).map(({ group }) => group)).toEqual(['p1', 'p1', undefined, 'p2'])
  })
})

describe('bad files are skipped, counted and named', () => {
  const bad: readonly [string, string, () => Promise<Uint8Array | string>, RegExp][] = [
    [
      'a truncated JPEG',
      'cut.jpg',
      async () =>
        (
          await sharp(noise(), { raw: { width: 200, height: 150, channels: 3 } })
            .jpeg()
            .toBuffer()
        ).subarray(0, 9000),
      /^truncated: the file ends before the image does/,
    ],
    [
      'a JPEG that lacks its last bytes',
      'almost.jpg',
      async () =>
        (
          await sharp(noise(), { raw: { width: 200, height: 150, channels: 3 } })
            .jpeg()
            .toBuffer()
        ).subarray(0, -200),
      /^truncated/,
    ],
    [
      'a truncated PNG',
      'cut.png',
      async () =>
        (
          await sharp(noise(), { raw: { width: 200, height: 150, channels: 3 } })
            .png()
            .toBuffer()
        ).subarray(0, 30_000),
      /^truncated/,
    ],
    [
      'a truncated WebP',
      'cut.webp',
      async () =>
        (
          await sharp(noise(), { raw: { width: 200, height: 150, channels: 3 } })
            .webp()
            .toBuffer()
        ).subarray(0, 3000),
      /^truncated/,
    ],
    ['a header without an image', 'head.jpg', async () => (await jpeg()).subarray(0, 12), /^truncated/],
    [
      'a JPEG with garbage for an image',
      'garbage.jpg',
      async () => Buffer.concat([Buffer.of(0xff, 0xd8, 0xff, 0xe0), Buffer.alloc(300, 7), Buffer.of(0xff, 0xd9)]),
      /^damaged: the decoder can't read it$/,
    ],
    ['a zero-byte file', 'zero.jpg', async () => '', /^empty file \(zero bytes\)$/],
    [
      'text named as an image',
      'text.jpg',
      async () => 'not an image at all, but a few words',
      /^not an image that can be read; expected JPEG, PNG, WebP, TIFF, AVIF, GIF, HEIC, BMP, TGA or PPM$/,
    ],
    ['a text file', 'labels.txt', async () => 'ants', /^not an image \(\.txt file\)$/],
    [
      'a drawing',
      'logo.svg',
      async () => '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="9" height="9"/></svg>',
      /^SVG is not a photo format/,
    ],
    [
      'a GIF, as imageNotFound.gif of the real data',
      'imageNotFound.gif',
      async () => image().gif().toBuffer(),
      /^a GIF, which is usually a placeholder or an animation$/,
    ],
    [
      'an image that claims to be huge',
      'bomb.png',
      () => hugePng(),
      /^too large \(.*\): more than 160 million pixels$/,
    ],
  ]
  for (const [title, name, content, reason] of bad) {
    it(title, async () => {
      const { images, context } = await scan(
        await folderOf({ 'ants/1.jpg': await jpeg(), 'bees/2.jpg': await jpeg(), [`bees/${name}`]: await content() }),
      )
      expect(images).toMatchObject({
        count: 2,
        skipped: [{ file: `bees/${name}`, reason: expect.stringMatching(reason) as unknown }],
      })
      expect(context.messages('warning').find((message) => message.startsWith('Skipped 1 file: '))).toContain(
        `bees/${name}`,
      )
      expect(context.messages('info')[0]).toContain('1 file skipped')
    })
  }

  it.skipIf(process.getuid?.() === 0)('a file without permission', async () => {
    const path = await folderOf({ 'ants/1.jpg': await jpeg(), 'bees/2.jpg': await jpeg(), 'bees/3.jpg': await jpeg() })
    await chmod(join(directory, path, 'bees/3.jpg'), 0)
    expect((await scan(path)).images.skipped).toEqual([{ file: 'bees/3.jpg', reason: "can't be opened (EACCES)" }])
  })

  it("but not what operating systems leave behind, which is no one's concern", async () => {
    const { images } = await scan(
      await folderOf({
        'ants/1.jpg': await jpeg(),
        'bees/2.jpg': await jpeg(),
        'bees/.DS_Store': 'x',
        'ants/Thumbs.db': 'x',
        '.hidden/3.jpg': await jpeg(),
        '__MACOSX/bees/._2.jpg': 'x',
      }),
    )
    expect(images).toMatchObject({ count: 2, skipped: [], classNames: ['ants', 'bees'] })
  })
})

describe('odd images are used, and named with what happens to them', () => {
  const odd: readonly [string, string, () => Promise<Uint8Array>, string][] = [
    ['a PNG named .jpg', 'a.jpg', png, 'PNG despite its name'],
    [
      'an EXIF-rotated JPEG',
      'a.jpg',
      () => image().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
      'turned upright as its EXIF data says',
    ],
    ['a CMYK JPEG', 'a.jpg', () => image().toColourspace('cmyk').jpeg().toBuffer(), 'CMYK colours converted to sRGB'],
    [
      'a 16-bit PNG',
      'a.png',
      () =>
        sharp(new Uint16Array(24 * 16 * 3).fill(51_400), { raw: { width: 24, height: 16, channels: 3 } })
          .toColourspace('rgb16')
          .png()
          .toBuffer(),
      'more than 8 bits per channel, reduced to 8',
    ],
    [
      'a transparent PNG',
      'a.png',
      () =>
        sharp({ create: { width: 24, height: 16, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0.5 } } })
          .png()
          .toBuffer(),
      'transparency laid on white',
    ],
    ['a grayscale JPEG', 'a.jpg', () => image().toColourspace('b-w').jpeg().toBuffer(), 'grayscale'],
    ['an animated WebP', 'a.webp', () => animatedWebp(), 'several frames or pages: the first is used'],
  ]
  for (const [title, name, content, note] of odd) {
    it(title, async () => {
      const { images, context } = await scan(
        await folderOf({ 'ants/1.jpg': await jpeg(), [`bees/${name}`]: await content() }),
      )
      expect(images).toMatchObject({ count: 2, skipped: [] })
      expect(context.messages('info')).toContain(`1 image: ${note}: bees/${name}.`)
      await expectToLoad(images, context)
    })
  }

  it('the first frame of a GIF, when asked for', async () => {
    const { images, context } = await scan(
      await folderOf({ 'ants/1.jpg': await jpeg(), 'bees/a.gif': await image().gif().toBuffer() }),
      { gifs: 'firstFrame' },
    )
    expect(images).toMatchObject({ count: 2, skipped: [] })
    await expectToLoad(images, context)
  })

  it('turns an image upright by its EXIF data', async () => {
    // Stored: left half black, right half white. Orientation 6: shown turned by 90 degrees clockwise, so black is on
    // top.
    const stored = sharp(
      Uint8Array.from({ length: 32 * 16 * 3 }, (_, at) => ((at / 3) % 32 < 16 ? 0 : 255)),
      { raw: { width: 32, height: 16, channels: 3 } },
    )
    const { images, context } = await scan(
      await folderOf({
        'a/1.jpg': await stored.withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer(),
        'b/2.jpg': await jpeg(),
      }),
    )
    const { data } = await load(images, context)
    expect(data[0]).toBeLessThan(0.05)
    expect(data[15 * 16]).toBeGreaterThan(0.95)
  })
})

describe('refuses, saying what happened and how to fix it', () => {
  it('a missing path', async () => {
    const error = await failure('nowhere')
    expect(error).toMatchObject({
      field: 'path',
      message: `There is no folder "nowhere" (${join(directory, 'nowhere')}).`,
      fix: expect.stringContaining('relative to the graph file') as unknown,
    })
  })
  it('a path that is a file', async () => {
    const path = await folderOf({ 'a.zip': 'x' })
    expect(await failure(`${path}/a.zip`)).toMatchObject({
      field: 'path',
      message: expect.stringContaining('is a file; expected a folder') as unknown,
      fix: expect.stringContaining('Unpack archives') as unknown,
    })
  })
  it('an empty folder', async () => {
    expect(await failure(await folderOf({}))).toMatchObject({
      field: 'path',
      message: expect.stringMatching(/^There is no class folder in .*Expected one folder per class/) as unknown,
    })
  })
  it('images without class folders', async () => {
    expect(await failure(await folderOf({ '1.jpg': await jpeg(), '2.jpg': await jpeg() }))).toMatchObject({
      field: 'path',
      fix: 'Sort the images into one folder per class.',
    })
  })
  it('empty class folders', async () => {
    const path = await folderOf({})
    await mkdir(join(directory, path, 'ants'))
    await mkdir(join(directory, path, 'bees'))
    expect((await failure(path)).message).toMatch(/are empty: ants, bees/)
  })
  it('a single class', async () => {
    expect((await failure(await folderOf({ 'ants/1.jpg': await jpeg() }))).message).toMatch(
      /only one class folder.*"ants"\. A classifier needs at least two/,
    )
  })
  it('one folder too far up, saying which to give', async () => {
    const path = await folderOf({
      'hymenoptera_data/ants/1.jpg': await jpeg(),
      'hymenoptera_data/bees/2.jpg': await jpeg(),
    })
    expect((await failure(path)).fix).toBe(`If the classes are folders inside it, give "${path}/hymenoptera_data".`)
  })
  it('folders in which nothing is a usable image, naming files and reasons', async () => {
    expect((await failure(await folderOf({ 'ants/1.jpg': '', 'bees/2.jpg': 'words' }))).message).toMatch(
      /none is a usable image \(ants\/1\.jpg: empty file \(zero bytes\); bees\/2\.jpg: not an image/,
    )
  })
  it('a layout that is not there', async () => {
    expect(
      await failure(await folderOf({ 'ants/1.jpg': await jpeg(), 'bees/2.jpg': await jpeg() }), { layout: 'splits' }),
    ).toMatchObject({ field: 'layout', fix: expect.stringContaining('"auto"') as unknown })
  })
  it('a group pattern that is not a regular expression, before running too', async () => {
    const params = imageFolder.params.parse({ path: 'x', groupBy: '(' })
    expect(imageFolder.validate?.(params)).toMatchObject([{ field: 'groupBy', severity: 'error' }])
    expect(
      await failure(await folderOf({ 'ants/1.jpg': await jpeg(), 'bees/2.jpg': await jpeg() }), { groupBy: '(' }),
    ).toMatchObject({ field: 'groupBy' })
  })
  it('a group pattern that would take for ever', async () => {
    const name = `${'a'.repeat(60)}!.jpg`
    expect(
      (
        await failure(await folderOf({ [`ants/${name}`]: await jpeg(), 'bees/2.jpg': await jpeg() }), {
          groupBy: '^(a+)+$',
        })
      ).message,
    ).toMatch(/took more than 2 s/)
  })
})

describe('warns of', () => {
  it('a class with one image and a class folder with none', async () => {
    const { images, context } = await scan(
      await folderOf({
        'ants/1.jpg': await jpeg(),
        'ants/2.jpg': await jpeg(),
        'bees/3.jpg': await jpeg(),
        'wasps/4.jpg': '',
      }),
    )
    expect(images.classNames).toEqual(['ants', 'bees'])
    expect(context.messages('warning')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Only one image in 1 class: bees/),
        expect.stringMatching(/^No usable image in 1 class folder; left out: wasps/),
      ]),
    )
  })
  it('the same image in two splits, or with two labels', async () => {
    const [same, twice] = [await jpeg(), await jpeg()]
    const { context } = await scan(
      await folderOf({
        'train/a/1.jpg': same,
        'val/a/2.jpg': same,
        'train/b/3.jpg': await jpeg(),
        'val/b/4.jpg': await jpeg(),
        'train/a/5.jpg': twice,
        'train/b/6.jpg': twice,
      }),
    )
    expect(context.messages('warning')).toEqual([
      '1 image identical byte for byte in different splits (a leak: scores will be too good): train/a/1.jpg = val/a/2.jpg.',
      '1 image identical byte for byte with different labels: train/a/5.jpg = train/b/6.jpg.',
    ])
  })
})

describe('running again', () => {
  it('changes its fingerprint when a file changes, comes or goes, and only then', async () => {
    const path = await folderOf({ 'ants/1.jpg': await jpeg(), 'bees/2.jpg': await jpeg() })
    const params = imageFolder.params.parse({ path })
    const fingerprint = (): Promise<string> | undefined =>
      imageFolder.fingerprint?.(params, createTestContext({ directory }))
    const first = await fingerprint()
    expect(await fingerprint()).toBe(first)
    await utimes(join(directory, path, 'bees/2.jpg'), 1000, 1000)
    const second = await fingerprint()
    expect(second).not.toBe(first)
    await writeFile(join(directory, path, 'bees/3.jpg'), '')
    expect(await fingerprint()).not.toBe(second)
  })

  it('reuses checks of unchanged files, unless told to read them again', async () => {
    const path = await folderOf({ 'ants/1.jpg': await jpeg(), 'bees/2.jpg': await jpeg(), 'bees/3.jpg': await jpeg() })
    const cacheDirectory = join(directory, 'checks')
    const first = await scan(path, {}, { cacheDirectory })
    const kept = join(cacheDirectory, 'image-folder', (await readdir(join(cacheDirectory, 'image-folder')))[0] ?? '')
    // Only what was kept knows this.
    await writeFile(kept, (await readFile(kept, 'utf8')).replace('"notes":[]', '"notes":["as it was kept"]'))
    const again = await scan(path, {}, { cacheDirectory })
    expect(again.context.messages().join(' ')).toContain('as it was kept')
    const fresh = await scan(path, {}, { cacheDirectory, readAgain: true })
    expect(fresh.context.messages()).toEqual(first.context.messages())
  })

  it.each<[string, (file: string, bytes: Uint8Array) => Promise<void>]>([
    ['written in place', (file, bytes) => writeFile(file, bytes)],
    [
      'put in its place',
      async (file, bytes) => {
        await writeFile(`${file}.new`, bytes)
        await utimes(`${file}.new`, 1000, 1000)
        await rename(`${file}.new`, file)
      },
    ],
  ])('sees other contents of the same size and time, %s (faults 1 and 2)', async (_, replace) => {
    const path = await folderOf({ 'ants/1.jpg': await jpeg(), 'bees/2.jpg': await jpeg() })
    const cacheDirectory = join(directory, 'cache')
    const params = imageFolder.params.parse({ path })
    const fingerprint = (): Promise<string> | undefined =>
      imageFolder.fingerprint?.(params, createTestContext({ directory }))
    const file = join(directory, path, 'bees/2.jpg')
    await utimes(file, 1000, 1000)
    await scan(path, {}, { cacheDirectory })
    const before = await fingerprint()
    await replace(file, Buffer.alloc(statSync(file).size))
    await utimes(file, 1000, 1000)
    expect(await fingerprint()).not.toBe(before)
    await expect(scan(path, {}, { cacheDirectory })).rejects.toThrow('bees/2.jpg')
  })

  it('stops when aborted', async () => {
    const path = await folderOf({ 'ants/1.jpg': await jpeg(), 'bees/2.jpg': await jpeg() })
    await expect(scan(path, {}, { signal: AbortSignal.abort(new Error('cancelled')) })).rejects.toThrow('cancelled')
  })
})

const hymenoptera = join(realData, 'hymenoptera')
if (!existsSync(hymenoptera)) console.warn(`skipped: no real photos at ${hymenoptera}`)
it.skipIf(!existsSync(hymenoptera))(
  'reads the real hymenoptera photos: 244 + 153, with imageNotFound.gif named',
  async () => {
    const { images, context } = await scan(hymenoptera)
    expect(images).toMatchObject({
      classNames: ['ants', 'bees'],
      count: 397,
      skipped: [
        { file: 'train/ants/imageNotFound.gif', reason: 'a GIF, which is usually a placeholder or an animation' },
      ],
    })
    const samples = await context.samplesOf(images)
    expect(samples.filter(({ split }) => split === 'train').length).toBe(244)
    expect(samples.filter(({ split }) => split === 'val').length).toBe(153)
    expect(context.events.filter(({ type }) => type === 'preview').length).toBe(1)
  },
)

function noise(): Uint8Array {
  const random = mulberry32(1)
  return Uint8Array.from({ length: 200 * 150 * 3 }, () => random() * 256)
}

async function hugePng(): Promise<Uint8Array> {
  // Width and height of a small PNG's header raised, its checksum made right: what an attacker would send.
  const bytes = Buffer.from(await png())
  bytes.writeUInt32BE(50_000, 16)
  bytes.writeUInt32BE(50_000, 20)
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29)
  return bytes
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}

async function animatedWebp(): Promise<Uint8Array> {
  const frames = await Promise.all([image(16, 16).png().toBuffer(), image(16, 16).png().toBuffer()])
  return sharp(frames, { join: { animated: true } })
    .webp()
    .toBuffer()
}

async function load(
  images: DatasetValue,
  context: TestContext,
): Promise<{ readonly shape: readonly number[]; readonly data: Float32Array }> {
  const loader = createImageLoader({
    samples: await context.samplesOf(images),
    transforms: [],
    seed: 0,
    preprocessing: {
      height: 16,
      width: 16,
      resize: 'stretch',
      cropFraction: 1,
      interpolation: 'bilinear',
      channelOrder: 'rgb',
      mean: [0, 0, 0],
      deviation: [1, 1, 1],
    },
  })
  return loader.load(
    Array.from({ length: images.count }, (_, index) => index),
    0,
  )
}

async function expectToLoad(images: DatasetValue, context: TestContext): Promise<void> {
  expect((await load(images, context)).shape).toEqual([images.count, 3, 16, 16])
}

describe('images whose values do not say what is black and white (fault 5)', () => {
  /** 12 bits in 16: all of one level. */
  const twelve = (level: number): Promise<Buffer> =>
    sharp(new Uint16Array(64).fill(level), { raw: { width: 8, height: 8, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer()
  const folder = async (): Promise<string> =>
    folderOf({
      'dark/1.png': await twelve(409),
      'dark/2.png': await twelve(819),
      'light/1.png': await twelve(4095),
      'light/2.jpg': await jpeg(),
    })

  it('are skipped and named unless the person says it', async () => {
    expect((await failure(await folder())).message).toMatch(/setting "values"/)
  })

  it('become pixels by the rule, which the data, the log and every fingerprint carry', async () => {
    const path = await folder()
    const fixed = await scan(path, { values: 'fixed range', valuesFrom: 0, valuesTo: 4095 })
    const full = await scan(path, { values: 'full range' })
    const split = must(
      library.find(({ type }) => type === 'split'),
      'Split',
    )
    const parts = await split.run({
      params: split.params.parse({}),
      inputs: { images: fixed.images },
      context: fixed.context,
    })
    expect((parts['train'] as DatasetValue).values).toEqual(fixed.images.values)
    expect(fixed.images.values).toEqual({ rule: 'fixed range', from: 0, to: 4095 })
    expect(fixed.context.messages('info').join()).toMatch(
      /Values of 3 images are scaled: .*0 becomes black and 4095 white/,
    )
    const [dark, , light, photo] = await fixed.context.samplesOf(fixed.images)
    expect([dark?.values, photo?.values]).toEqual([{ from: 0, to: 4095 }, undefined])
    expect(dark?.fingerprint).toMatch(/^[0-9a-f]{64} 0 to 4095$/)
    expect((await full.context.samplesOf(full.images))[0]?.fingerprint).toMatch(/^[0-9a-f]{64} 0 to 65535$/)
    const levels = await Promise.all(
      [dark, light].map(async (sample) => (await decodeSample(sample as Sample, { width: 8, height: 8 })).data[0]),
    )
    expect(levels).toEqual([25, 255])
  })

  it('need a white above black', () => {
    const settings = imageFolder.params.parse({ path: 'x', values: 'fixed range', valuesFrom: 5, valuesTo: 5 })
    expect(imageFolder.validate?.(settings)).toMatchObject([{ code: 'image-folder/empty-range', field: 'valuesTo' }])
  })
})
