import type { StoredRange, ValuesRule } from '@graft/network'
import type { Metadata } from 'sharp'
import type { Image } from '../image/image.js'
import { loadSharp, type SharpLibrary } from './sharp-library.js'

/** Values are held as numbers of four bytes while they are scaled: all bands together may be so many. */
export const storedValuesLimit = 200_000_000

/** How images are opened of which stored values are used; satellites have a dozen bands. */
export const valuesOptions = {
  failOn: 'error',
  limitInputPixels: storedValuesLimit,
  limitInputChannels: 64,
  pages: 1,
  ignoreIcc: true,
} as const

const fullRanges: Readonly<Record<string, StoredRange>> = {
  uchar: { from: 0, to: 2 ** 8 - 1 },
  char: { from: -(2 ** 7), to: 2 ** 7 - 1 },
  ushort: { from: 0, to: 2 ** 16 - 1 },
  short: { from: -(2 ** 15), to: 2 ** 15 - 1 },
  uint: { from: 0, to: 2 ** 32 - 1 },
  int: { from: -(2 ** 31), to: 2 ** 31 - 1 },
  float: { from: 0, to: 1 },
  double: { from: 0, to: 1 },
}

/** What is black and white in an image under a rule; null for complex numbers, which have no order. */
export async function rangeOf(rule: ValuesRule, bytes: Uint8Array, metadata: Metadata): Promise<StoredRange | null> {
  if (rule.rule === 'fixed range') return { from: rule.from, to: rule.to }
  // Eight bits say what they are; only their bands didn't.
  if (rule.rule === 'full range' || metadata.depth === 'uchar') return fullRanges[metadata.depth] ?? null
  const { values, channels, used } = await readValues(await loadSharp(), bytes)
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? 0
    if (at % channels >= used || !Number.isFinite(value)) continue
    from = Math.min(from, value)
    to = Math.max(to, value)
  }
  return from <= to ? { from, to } : { from: 0, to: 1 }
}

/** The image of stored values under a range, upright. Not a number is black. Throws the decoder's error. */
export async function decodeValues(bytes: Uint8Array, { from, to }: StoredRange): Promise<Image> {
  const { values, width, height, channels, used } = await readValues(await loadSharp(), bytes)
  const data = new Uint8Array(width * height * 3)
  const scale = to === from ? 0 : 255 / (to - from)
  for (let pixel = 0; pixel < width * height; pixel++)
    for (let colour = 0; colour < 3; colour++) {
      const value = values[pixel * channels + (used === 3 ? colour : 0)] ?? 0
      const scaled = Math.round((value - from) * scale)
      data[pixel * 3 + colour] = scaled > 0 ? Math.min(255, scaled) : 0
    }
  return { width, height, data }
}

interface StoredValues {
  readonly values: Float32Array
  readonly width: number
  readonly height: number
  readonly channels: number
  /** How many of the channels make the picture: three, or the first. */
  readonly used: 1 | 3
}

async function readValues(sharp: SharpLibrary, bytes: Uint8Array): Promise<StoredValues> {
  const { space } = await sharp(bytes, valuesOptions).metadata()
  // In the space that the file is in, so that nothing is converted.
  const { data, info } = await sharp(bytes, valuesOptions)
    .autoOrient()
    .toColourspace(space)
    .raw({ depth: 'float' })
    .toBuffer({ resolveWithObject: true })
  const values = new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength))
  const { width, height, channels } = info
  return { values, width, height, channels, used: channels >= 3 ? 3 : 1 }
}
