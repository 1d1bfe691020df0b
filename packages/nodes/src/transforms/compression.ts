import { z } from 'zod'
import type { FloatImage } from '../image/image.js'
import { clip, lumaAt } from './pixel-math.js'
import { defineTransform } from './transform.js'

/**
 * What JPEG leaves of an image, with the given probability, at a quality drawn from `minQuality` to 95: blocks of 8 x 8 in
 * brightness and colour, whose cosine coefficients are rounded by the standard's tables (ITU-T T.81, annex K). Colour is
 * kept at full size.
 */
export const compression = defineTransform({
  name: 'compression',
  options: z.strictObject({
    probability: z.number().min(0).max(1),
    minQuality: z.number().int().min(1).max(95).default(20),
  }),
  isIdentity: ({ probability }) => probability === 0,
  pixels(image, { probability, minQuality }, random) {
    if (random() >= probability) return
    const quality = minQuality + random() * (95 - minQuality)
    const scale = quality < 50 ? 50 / quality : 2 - quality / 50
    toYcc(image)
    for (let channel = 0; channel < 3; channel++)
      roundBlocks(
        image,
        channel,
        (channel === 0 ? brightness : colour).map((step) => Math.max(1, step * scale)),
      )
    toRgb(image)
  },
})

const brightness = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
]
const colour = [
  17,
  18,
  24,
  47,
  99,
  99,
  99,
  99,
  18,
  21,
  26,
  66,
  99,
  99,
  99,
  99,
  24,
  26,
  56,
  99,
  99,
  99,
  99,
  99,
  47,
  66,
  99,
  99,
  99,
  99,
  99,
  99,
  ...Array.from({ length: 32 }, () => 99),
]

/** Row u holds the u-th cosine, of unit length. */
const cosines = Float64Array.from({ length: 64 }, (_, index) => {
  const [frequency, place] = [index >> 3, index & 7]
  return Math.cos(((2 * place + 1) * frequency * Math.PI) / 16) * (frequency === 0 ? Math.sqrt(1 / 8) : 1 / 2)
})

function roundBlocks({ width, height, data }: FloatImage, channel: number, steps: readonly number[]): void {
  const block = new Float64Array(64)
  const placeOf = (left: number, top: number, index: number): number => {
    const column = Math.min(left + (index & 7), width - 1)
    const row = Math.min(top + (index >> 3), height - 1)
    return (row * width + column) * 3 + channel
  }
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      for (let index = 0; index < 64; index++) block[index] = data[placeOf(left, top, index)]! - 128
      transformBlock(block, false)
      for (let index = 0; index < 64; index++) block[index] = Math.round(block[index]! / steps[index]!) * steps[index]!
      transformBlock(block, true)
      for (let index = 0; index < 64; index++) {
        if (left + (index & 7) < width && top + (index >> 3) < height)
          data[placeOf(left, top, index)] = block[index]! + 128
      }
    }
  }
}

/** The cosine transform of rows, then of columns; or back. */
function transformBlock(block: Float64Array, back: boolean): void {
  for (const [step, line] of [
    [1, 8],
    [8, 1],
  ] as const) {
    for (let start = 0; start < 8; start++) {
      const values = Array.from({ length: 8 }, (_, at) => block[start * line + at * step]!)
      for (let out = 0; out < 8; out++) {
        let sum = 0
        for (let at = 0; at < 8; at++) sum += values[at]! * cosines[back ? at * 8 + out : out * 8 + at]!
        block[start * line + out * step] = sum
      }
    }
  }
}

/** JFIF's colours, in place. */
function toYcc({ data }: FloatImage): void {
  for (let at = 0; at < data.length; at += 3) {
    const [red, green, blue] = [data[at]!, data[at + 1]!, data[at + 2]!]
    data[at] = lumaAt(data, at)
    data[at + 1] = 128 - 0.168736 * red - 0.331264 * green + 0.5 * blue
    data[at + 2] = 128 + 0.5 * red - 0.418688 * green - 0.081312 * blue
  }
}

function toRgb({ data }: FloatImage): void {
  for (let at = 0; at < data.length; at += 3) {
    const [light, blue, red] = [data[at]!, data[at + 1]! - 128, data[at + 2]! - 128]
    data[at] = clip(light + 1.402 * red)
    data[at + 1] = clip(light - 0.344136 * blue - 0.714136 * red)
    data[at + 2] = clip(light + 1.772 * blue)
  }
}
