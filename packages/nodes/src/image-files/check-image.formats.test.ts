import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { describe, expect, it, vi } from 'vitest'
import { checkImage } from './check-image.js'
import { decodeBytes } from './decode.js'

const colours = [81, 152, 234, 255, 0, 0, 0, 255, 0, 0, 0, 255]
const small = { width: 2, height: 2 }

/** A bitmap of two by two pixels, bottom row first, rows filled up to four bytes. */
function bmp(bits: 24 | 32): Buffer {
  const header = Buffer.alloc(54)
  header.write('BM')
  header.writeUInt32LE(54 + (bits === 24 ? 16 : 16), 2)
  header.writeUInt32LE(54, 10)
  header.writeUInt32LE(40, 14)
  header.writeInt32LE(2, 18)
  header.writeInt32LE(2, 22)
  header.writeUInt16LE(1, 26)
  header.writeUInt16LE(bits, 28)
  const pixel = (at: number): number[] => [...colours.slice(at * 3, at * 3 + 3).reverse(), ...(bits === 32 ? [0] : [])]
  const rows = [
    [...pixel(2), ...pixel(3)],
    [...pixel(0), ...pixel(1)],
  ]
  const filling = bits === 24 ? [0, 0] : []
  return Buffer.concat([header, Buffer.from(rows.flatMap((row) => [...row, ...filling]))])
}

/** A BMP of eight bits with a palette of grays. */
function grayBmp(): Buffer {
  const header = bmp(24).subarray(0, 54)
  const palette = Buffer.from(Array.from({ length: 256 }, (_, level) => [level, level, level, 0]).flat())
  header.writeUInt16LE(8, 28)
  header.writeUInt32LE(54 + 1024, 10)
  return Buffer.concat([header, palette, Buffer.of(30, 40, 0, 0, 10, 20, 0, 0)])
}

const text = (header: string, ...values: number[]): Buffer => Buffer.concat([Buffer.from(header), Buffer.from(values)])
const gray = (...levels: number[]): number[] => levels.flatMap((level) => [level, level, level])

const bgr = (pixel: number): number[] => colours.slice(pixel * 3, pixel * 3 + 3).reverse()
const tga = (type: number, bits: number, flags: number, ...data: number[][]): Buffer =>
  Buffer.from([0, 0, type, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2, 0, bits, flags, ...data.flat()])

describe('formats that sharp does not read (fault 4)', () => {
  it.each<[string, string, Buffer, number[]]>([
    ['BMP of 24 bits', 'a.bmp', bmp(24), colours],
    ['BMP of 32 bits, whose fourth byte is padding', 'a.bmp', bmp(32), colours],
    ['BMP with a palette', 'a.bmp', grayBmp(), gray(10, 20, 30, 40)],
    ['TGA', 'a.tga', tga(2, 24, 0, bgr(2), bgr(3), bgr(0), bgr(1)), colours],
    ['TGA from the top, 32 bits', 'a.tga', tga(2, 32, 0x20, ...[0, 1, 2, 3].map((at) => [...bgr(at), 9])), colours],
    [
      'TGA, packed',
      'a.tga',
      tga(10, 24, 0x20, [0x81], bgr(0), [1], bgr(1), bgr(2)),
      [0, 0, 1, 2].flatMap((at) => [...bgr(at)].reverse()),
    ],
    ['TGA, grayscale', 'a.tga', tga(3, 8, 0x20, [10, 20, 30, 40]), gray(10, 20, 30, 40)],
    ['PPM', 'a.ppm', text('P6 2 2 255\n', ...colours), colours],
    ['PPM in words, with a comment', 'a.ppm', text(`P3\n# made by hand\n2 2\n255\n${colours.join(' ')}`), colours],
    ['PGM', 'a.pgm', text('P5\n2 2\n255\n', 10, 20, 30, 40), gray(10, 20, 30, 40)],
    ['PGM of 16 bits', 'a.pgm', text('P5 2 2 65535\n', 255, 255, 0, 0, 128, 128, 0, 0), gray(255, 0, 128, 0)],
    ['PGM of 12 bits, which says so', 'a.pgm', text('P5 2 2 4095\n', 15, 255, 0, 0, 0, 0, 0, 0), gray(255, 0, 0, 0)],
    ['PBM', 'a.pbm', text('P4 2 2\n', 0b10000000, 0b01000000), gray(0, 255, 255, 0)],
    ['PBM in words', 'a.pbm', text('P1 2 2\n10\n01'), gray(0, 255, 255, 0)],
  ])('%s', async (_, name, bytes, expected) => {
    expect(await checkImage(name, bytes)).toMatchObject({ ok: true })
    expect([...(await decodeBytes(bytes, small)).data]).toEqual(expected)
  })

  it('HEIC, as phones write it', async () => {
    const bytes = await readFile(new URL('foreign/example.heic', import.meta.url))
    expect(await checkImage('a.heic', bytes)).toEqual({ ok: true, notes: [] })
    const { width, height, data } = await decodeBytes(bytes, { width: 96, height: 72 })
    expect([width, height, ...data.subarray(0, 3)]).toEqual([96, 72, 81, 152, 234])
    const printed = vi.spyOn(console, 'log')
    const cut = await Promise.all([1, 2].map(() => checkImage('a.heic', bytes.subarray(0, 2000))))
    expect(cut).toMatchObject(Array(2).fill({ reason: expect.stringMatching(/^truncated/) as unknown }))
    expect(printed).not.toHaveBeenCalled()
    printed.mockRestore()
  })

  it.each([
    ['BMP', bmp(24).subarray(0, 60)],
    ['PPM', text('P6 2 2 255\n', 1, 2, 3)],
    ['TGA', tga(2, 24, 0, bgr(0))],
  ])('a truncated %s', async (_, bytes) => {
    expect(await checkImage('a.x', bytes)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^truncated/) as unknown,
    })
  })

  it('a small file that claims to be huge', async () => {
    const bytes = Buffer.from(bmp(24))
    bytes.writeInt32LE(100_000, 18)
    bytes.writeInt32LE(100_000, 22)
    for (const huge of [bytes, text('P6 100000 100000 255\n')])
      expect(await checkImage('a.x', huge)).toMatchObject({ reason: expect.stringMatching(/^too large/) as unknown })
  })

  it.each([
    ['a lossless JPEG', 0xc3, 8],
    ['a JPEG of 12 bits', 0xc1, 12],
    ['a hierarchical JPEG', 0xc5, 8],
    ['JPEG-LS', 0xf7, 8],
  ])('%s is named, not called damaged', async (title, marker, bits) => {
    const plain = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer()
    const frame = plain.indexOf(Buffer.of(0xff, 0xc0))
    plain[frame + 1] = marker
    plain[frame + 4] = bits
    const { reason } = (await checkImage('a.jpg', plain)) as { reason: string }
    expect(reason).toMatch(new RegExp(`^${title}, which is not read; convert it`))
  })

  it.each<[string, Buffer]>([
    ['JPEG 2000', Buffer.concat([Buffer.of(0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20), Buffer.alloc(40)])],
    ['JPEG XL', Buffer.concat([Buffer.of(0xff, 0x0a), Buffer.alloc(40)])],
    ['Photoshop', text('8BPS\0\x01', ...Array<number>(40).fill(0))],
    ['DICOM', Buffer.concat([Buffer.alloc(128), text('DICM', 1, 2, 3)])],
  ])('%s is named, with a way to convert it, and never called damaged', async (title, bytes) => {
    const { reason } = (await checkImage('a.x', bytes)) as { reason: string }
    expect(reason).toContain(title)
    expect(reason).toMatch(/which is not read; convert it, for example with: /)
  })
})

describe('scientific values are refused with what would make them plain', () => {
  const pixels = (values: Float32Array | Uint16Array, channels: 1 | 3 | 4) =>
    sharp(values, { raw: { width: 2, height: 2, channels } })

  it('12 bits in 16', async () => {
    const twelve = await pixels(Uint16Array.of(0, 100, 2000, 4095), 1)
      .toColourspace('grey16')
      .png()
      .toBuffer()
    expect(await checkImage('a.png', twelve)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/no value above 4095.*0 4095 0 255/) as unknown,
    })
    const full = await pixels(Uint16Array.of(0, 100, 2000, 60_000), 1)
      .toColourspace('grey16')
      .png()
      .toBuffer()
    expect(await checkImage('a.png', full)).toMatchObject({ ok: true })
  })

  it.each([
    ['floating-point values', 339, 3, 32, /floating-point values.*-scale 0 1 0 255/],
    ['whole numbers of 32 bits', 339, 1, 32, /32-bit values/],
  ])('%s', async (_, tag, format, bits, reason) => {
    expect(await checkImage('a.tif', tiff({ samples: 1, bits, [tag]: format }))).toMatchObject({
      ok: false,
      reason: expect.stringMatching(reason) as unknown,
    })
  })

  it.each([
    ['13 bands', { samples: 13, bits: 8 }, /^13 bands.*keep three/],
    ['a fourth band that is not said to be transparency', { samples: 4, bits: 8, 262: 2, 338: 0 }, /^4 bands/],
    ['CIELAB', { samples: 3, bits: 8, 262: 8 }, /^CIELAB.*sRGB/],
  ])('%s', async (_, facts, reason) => {
    expect(await checkImage('a.tif', tiff(facts))).toMatchObject({
      ok: false,
      reason: expect.stringMatching(reason) as unknown,
    })
  })

  it('unless a rule says what to do with them: the first three bands (fault 5)', async () => {
    for (const [samples, facts] of [
      [13, {}],
      [4, { 262: 2, 338: 0 }],
    ] as const) {
      const bytes = tiff({ samples, bits: 8, ...facts })
      const check = await checkImage('a.tif', bytes, { values: { rule: 'own range' } })
      expect(check, String(samples)).toEqual({
        ok: true,
        notes: ['its values are scaled (own range)'],
        values: { from: 0, to: 255 },
      })
    }
    const lab = tiff({ samples: 3, bits: 8, 262: 8 })
    expect(await checkImage('a.tif', lab, { values: { rule: 'full range' } })).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^CIELAB/) as unknown,
    })
  })

  it('but not transparency', async () => {
    expect(await checkImage('a.tif', tiff({ samples: 4, bits: 8, 262: 2, 338: 2 }))).toMatchObject({
      ok: true,
      notes: ['transparency laid on white'],
    })
  })
})

/** An uncompressed TIFF of two by two pixels, all zero, with other tags as given. */
function tiff({
  samples,
  bits,
  ...others
}: {
  readonly samples: number
  readonly bits: number
  readonly [tag: number]: number
}): Buffer {
  const size = (4 * samples * bits) / 8
  const tags: Record<number, number> = {
    256: 2,
    257: 2,
    259: 1,
    262: 1,
    277: samples,
    278: 2,
    279: size,
    284: 1,
    ...others,
  }
  const count = Object.keys(tags).length + 2
  const perBand = samples > 2
  const bitsAt = 8 + 2 + count * 12 + 4
  const dataAt = bitsAt + samples * 2
  const bytes = Buffer.alloc(dataAt + size)
  bytes.write('II*\0', 'latin1')
  bytes.writeUInt32LE(8, 4)
  bytes.writeUInt16LE(count, 8)
  const entries: [number, number, number, number][] = [
    ...Object.entries(tags).map(([tag, value]): [number, number, number, number] => [Number(tag), 3, 1, value]),
    [258, 3, samples, perBand ? bitsAt : bits],
    [273, 4, 1, dataAt],
  ]
  entries.sort(([left], [right]) => left - right)
  entries.forEach(([tag, type, length, value], index) => {
    const at = 10 + index * 12
    bytes.writeUInt16LE(tag, at)
    bytes.writeUInt16LE(type, at + 2)
    bytes.writeUInt32LE(length, at + 4)
    bytes.writeUInt32LE(value, at + 8)
  })
  for (let band = 0; band < samples; band++) bytes.writeUInt16LE(bits, bitsAt + band * 2)
  return bytes
}
