import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { mulberry32 } from '../../random.js'
import { openOptions } from '../decode.js'
import { hasSoundHeaders } from './jpeg-headers.js'

const size = { width: 64, height: 48, channels: 3 as const }
const pixels = Buffer.from(Array.from({ length: size.width * size.height * 3 }, (_, index) => (index * 37) % 251))
const jpeg = (options: Parameters<ReturnType<typeof sharp>['jpeg']>[0] = {}): Promise<Buffer> =>
  sharp(pixels, { raw: size }).jpeg(options).toBuffer()
const grey = (): Promise<Buffer> => sharp(pixels, { raw: size }).greyscale().toColourspace('b-w').jpeg().toBuffer()

/** Without the first segment that has this marker. */
function without(file: Buffer, marker: number): Buffer {
  const at = file.indexOf(Buffer.of(0xff, marker))
  return Buffer.concat([file.subarray(0, at), file.subarray(at + 2 + file.readUInt16BE(at + 2))])
}

describe('the headers of a JPEG', () => {
  it.each([
    ['baseline', () => jpeg()],
    ['fine and not subsampled', () => jpeg({ quality: 98, chromaSubsampling: '4:4:4' })],
    ['with tables of its own', () => jpeg({ optimiseCoding: true })],
    ['grey', grey],
  ])('are sound in a whole file, %s', async (_, make) => {
    expect(hasSoundHeaders(await make())).toBe(true)
  })

  it('are not vouched for where the decoder reads more before the first row: progressive, four components', async () => {
    expect(hasSoundHeaders(await jpeg({ progressive: true }))).toBe(false)
    expect(hasSoundHeaders(await sharp(pixels, { raw: size }).toColourspace('cmyk').jpeg().toBuffer())).toBe(false)
  })

  it.each([
    ['quantisation', 0xdb],
    ['Huffman', 0xc4],
    ['frame', 0xc0],
  ])('are not sound without a %s segment', async (_, marker) => {
    expect(hasSoundHeaders(without(await jpeg(), marker))).toBe(false)
  })

  const seed = 20261128
  it(`are only called sound where the decoder agrees, whatever bytes are changed in them (seed ${seed})`, async () => {
    const random = mulberry32(seed)
    let [sound, refused] = [0, 0]
    for (const file of [await jpeg(), await jpeg({ optimiseCoding: true }), await grey()]) {
      const headers = file.indexOf(Buffer.of(0xff, 0xda)) + 14
      for (let round = 0; round < 400; round++) {
        const changed = Buffer.from(file)
        for (let change = 0; change <= random() * 2; change++)
          changed[2 + Math.floor(random() * (headers - 2))] = Math.floor(random() * 256)
        if (!hasSoundHeaders(changed)) {
          refused++
          continue
        }
        // What claims to be huge is refused by its size.
        const metadata = await sharp(changed, openOptions)
          .metadata()
          .catch(() => null)
        if (metadata === null || metadata.width * metadata.height > 10_000) continue
        sound++
        await expect(
          sharp(changed, openOptions).raw().toBuffer(),
          `round ${round}: ${changed.subarray(0, headers).toString('hex')}`,
        ).resolves.toBeDefined()
      }
    }
    expect(sound).toBeGreaterThan(200)
    expect(refused).toBeGreaterThan(200)
  })
})
