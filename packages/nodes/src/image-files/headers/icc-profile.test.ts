import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { saysSrgb } from './icc-profile.js'

const srgbPrimaries = {
  rXYZ: [0.4361, 0.2225, 0.0139],
  gXYZ: [0.3851, 0.7169, 0.0971],
  bXYZ: [0.1431, 0.0606, 0.7141],
} as const
const adobePrimaries = {
  rXYZ: [0.6097, 0.3111, 0.0195],
  gXYZ: [0.2053, 0.6257, 0.0609],
  bXYZ: [0.1492, 0.0632, 0.7446],
} as const
const linear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)

const text = (value: string): Buffer => Buffer.from(value, 'latin1')
const fixed = (...values: readonly number[]): Buffer =>
  Buffer.concat(
    values.map((value) => {
      const bytes = Buffer.alloc(4)
      bytes.writeInt32BE(Math.round(value * 65536))
      return bytes
    }),
  )
const parametric = (kind: number, ...values: readonly number[]): Buffer =>
  Buffer.concat([text('para'), Buffer.from([0, 0, 0, 0, 0, kind, 0, 0]), fixed(...values)])

function sampled(count: number, curve: (value: number) => number): Buffer {
  const bytes = Buffer.alloc(12 + 2 * count)
  bytes.write('curv', 'latin1')
  bytes.writeUInt32BE(count, 8)
  for (let index = 0; index < count; index++)
    bytes.writeUInt16BE(Math.round(curve(index / (count - 1)) * 65535), 12 + 2 * index)
  return bytes
}

const srgbCurve = parametric(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)

interface Parts {
  readonly space?: string
  readonly connection?: string
  readonly primaries?: Readonly<Record<string, readonly number[]>>
  readonly curve?: Buffer
  readonly more?: Readonly<Record<string, Buffer>>
}

/** A profile with a header, a table of tags, and their data. */
function profileOf({
  space = 'RGB ',
  connection = 'XYZ ',
  primaries = srgbPrimaries,
  curve = srgbCurve,
  more = {},
}: Parts): Buffer {
  const xyz = Object.entries(primaries).map(
    ([name, values]) => [name, Buffer.concat([text('XYZ '), Buffer.alloc(4), fixed(...values)])] as const,
  )
  const tags = [...xyz, ...['rTRC', 'gTRC', 'bTRC'].map((name) => [name, curve] as const), ...Object.entries(more)]
  const header = Buffer.alloc(132 + 12 * tags.length)
  header.write(space, 16, 'latin1')
  header.write(connection, 20, 'latin1')
  header.writeUInt32BE(tags.length, 128)
  let offset = header.length
  for (const [index, [name, data]] of tags.entries()) {
    header.write(name, 132 + 12 * index, 'latin1')
    header.writeUInt32BE(offset, 136 + 12 * index)
    header.writeUInt32BE(data.length, 140 + 12 * index)
    offset += data.length
  }
  return Buffer.concat([header, ...tags.map(([, data]) => data)])
}

describe('saysSrgb', () => {
  it.each([
    ['a formula', srgbCurve],
    ['1024 samples', sampled(1024, linear)],
    ['4096 samples', sampled(4096, linear)],
  ])('knows sRGB with its curve as %s', (_, curve) => {
    expect(saysSrgb(profileOf({ curve }))).toBe(true)
  })

  it('knows the profile that sharp attaches', async () => {
    const image = await sharp({ create: { width: 4, height: 4, channels: 3, background: '#a04020' } })
      .withIccProfile('srgb')
      .jpeg()
      .toBuffer()
    const { icc } = await sharp(image).metadata()
    expect(icc && saysSrgb(icc)).toBe(true)
  })

  it.each<[string, Parts]>([
    ['other primaries', { primaries: adobePrimaries }],
    ['a plain gamma of 2.2', { curve: sampled(1024, (value) => value ** 2.2) }],
    ['a gamma as a formula', { curve: parametric(0, 2.2) }],
    ['one number for a gamma', { curve: sampled(1, () => 0.5) }],
    ['a straight line', { curve: sampled(2, (value) => value) }],
    ['another colour space', { space: 'CMYK' }],
    ['another space to connect in', { connection: 'Lab ' }],
    ['a table that takes precedence', { more: { A2B0: Buffer.alloc(32) } }],
    ['a missing primary', { primaries: { rXYZ: srgbPrimaries.rXYZ, gXYZ: srgbPrimaries.gXYZ } }],
    ['something that is not a curve', { curve: Buffer.concat([text('text'), Buffer.alloc(40)]) }],
  ])('does not take for it: %s', (_, parts) => {
    expect(saysSrgb(profileOf(parts))).toBe(false)
  })

  it('says no to whatever cannot be read, wherever it ends', () => {
    const whole = profileOf({ curve: sampled(1024, linear) })
    const needed = whole.length
    for (let length = 0; length < needed; length += 7)
      expect(saysSrgb(whole.subarray(0, length)), `${length} bytes`).toBe(false)
    expect(saysSrgb(Buffer.alloc(200, 255))).toBe(false)
  })

  const photos = join(
    process.env['GRAFT_REAL_DATA'] ?? fileURLToPath(new URL('../../../../../../shared/real', import.meta.url)),
    'hymenoptera/val/ants',
  )
  if (!existsSync(photos)) console.log(`skipped: photos with profiles are not at ${photos}`)
  it.skipIf(!existsSync(photos))('leaves out only conversions that change no pixel of real photos', async () => {
    let left = 0
    for (const file of readdirSync(photos).filter((name) => name.endsWith('.jpg'))) {
      const bytes = readFileSync(join(photos, file))
      const { icc } = await sharp(bytes).metadata()
      if (!icc || !saysSrgb(icc)) continue
      left++
      expect(
        (await sharp(bytes, { ignoreIcc: true }).raw().toBuffer()).equals(await sharp(bytes).raw().toBuffer()),
        file,
      ).toBe(true)
    }
    expect(left).toBeGreaterThan(5)
  })
})
