import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { checkImage } from '../check-image.js'
import { reachesJpegEnd } from './jpeg-end.js'

const size = { width: 64, height: 48, channels: 3 as const }
const pixels = Buffer.from(Array.from({ length: size.width * size.height * 3 }, (_, index) => (index * 37) % 251))
const jpeg = (options: Parameters<ReturnType<typeof sharp>['jpeg']>[0] = {}): Promise<Buffer> =>
  sharp(pixels, { raw: size }).jpeg(options).toBuffer()

/** A JPEG with another one in a segment of its headers, as cameras keep thumbnails. */
async function withThumbnail(): Promise<Buffer> {
  const [photo, thumbnail] = [await jpeg(), await sharp(pixels, { raw: size }).resize(16, 12).jpeg().toBuffer()]
  const segment = Buffer.concat([
    Buffer.of(0xff, 0xef, (thumbnail.length + 2) >> 8, (thumbnail.length + 2) & 255),
    thumbnail,
  ])
  return Buffer.concat([photo.subarray(0, 2), segment, photo.subarray(2)])
}

describe('reachesJpegEnd', () => {
  it.each([
    ['baseline', () => jpeg()],
    ['progressive', () => jpeg({ progressive: true })],
    ['with a thumbnail', withThumbnail],
    ['with something after it', async () => Buffer.concat([await jpeg(), Buffer.alloc(64)])],
    [
      'with fill bytes before a marker',
      async () => {
        const file = await jpeg()
        return Buffer.concat([file.subarray(0, 2), Buffer.of(0xff, 0xff), file.subarray(2)])
      },
    ],
  ])('is true for a whole image, %s, which the check passes', async (_, make) => {
    const file = await make()
    expect(reachesJpegEnd(file)).toBe(true)
    expect(await checkImage('photo.jpg', file)).toMatchObject({ ok: true })
  })

  it.each([
    [
      'in the middle',
      async () => {
        const file = await jpeg()
        return file.subarray(0, file.length >> 1)
      },
    ],
    ['before its last two bytes', async () => (await jpeg()).subarray(0, -2)],
    [
      'in the middle, progressive',
      async () => {
        const file = await jpeg({ progressive: true })
        return file.subarray(0, file.length >> 1)
      },
    ],
    [
      'after a thumbnail that is whole',
      async () => {
        const file = await withThumbnail()
        return file.subarray(0, file.length - 300)
      },
    ],
  ])('is false for a file cut off %s, which the check calls truncated', async (_, make) => {
    const file = await make()
    expect(reachesJpegEnd(file)).toBe(false)
    expect(await checkImage('photo.jpg', file)).toEqual({
      ok: false,
      reason: 'truncated: the file ends before the image does',
    })
  })

  it('is null for what is no JPEG, or has headers that lead nowhere', () => {
    for (const bytes of [
      [],
      [0xff],
      [0xff, 0xd8],
      [0x89, 0x50, 0x4e, 0x47],
      [0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff, 0, 0],
      [0xff, 0xd8, 0x12, 0x34, 0x56, 0x78],
    ])
      expect(reachesJpegEnd(Uint8Array.from(bytes))).toBeNull()
  })
})
