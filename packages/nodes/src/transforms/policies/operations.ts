import type { FloatImage } from '../../image/image.js'
import { affine, warpInPlace } from '../../image/warp.js'
import { clip, lumaAt, meanLuma } from '../pixel-math.js'
import type { PixelFacts } from '../transform.js'

/**
 * One of the changes that policies choose from, at a strength from 0 to 1. Those of TrivialAugment's wide space and of
 * RandAugment, with torchvision's ranges; what uncovers ground fills it with the network's mean colour.
 */
export interface Operation {
  readonly name: string
  /** Whether its strength has a direction, drawn anew each time. */
  readonly signed?: boolean
  apply(image: FloatImage, strength: number, facts: PixelFacts): void
}

function eachValue({ data }: FloatImage, change: (value: number) => number): void {
  for (let at = 0; at < data.length; at++) data[at] = clip(change(data[at]!))
}

/** Away from grey, or towards it. */
function saturate({ data }: FloatImage, factor: number): void {
  for (let at = 0; at < data.length; at += 3) {
    const grey = lumaAt(data, at)
    for (let channel = 0; channel < 3; channel++)
      data[at + channel] = clip(grey + (data[at + channel]! - grey) * factor)
  }
}

function contrast(image: FloatImage, factor: number): void {
  const mean = meanLuma(image.data)
  eachValue(image, (value) => mean + (value - mean) * factor)
}

/** Away from a 3 x 3 mean with a heavy centre, or towards it (Pillow's SMOOTH). */
function sharpen({ width, height, data }: FloatImage, factor: number): void {
  const source = data.slice()
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 4 * source[(y * width + x) * 3 + channel]!
        for (let dy = -1; dy <= 1; dy++)
          for (let dx = -1; dx <= 1; dx++) sum += source[((y + dy) * width + x + dx) * 3 + channel]!
        const at = (y * width + x) * 3 + channel
        data[at] = clip(sum / 13 + (source[at]! - sum / 13) * factor)
      }
    }
  }
}

/** Stretches every channel to the whole range. */
function autoContrast({ data }: FloatImage): void {
  for (let channel = 0; channel < 3; channel++) {
    let [low, high] = [255, 0]
    for (let at = channel; at < data.length; at += 3) {
      low = Math.min(low, data[at]!)
      high = Math.max(high, data[at]!)
    }
    if (high - low < 1) continue
    for (let at = channel; at < data.length; at += 3) data[at] = ((data[at]! - low) * 255) / (high - low)
  }
}

/** Makes all levels of a channel about equally frequent. */
function equalise({ data }: FloatImage): void {
  for (let channel = 0; channel < 3; channel++) {
    const counts = new Uint32Array(256)
    for (let at = channel; at < data.length; at += 3) counts[Math.round(data[at]!)]! += 1
    const table = new Float32Array(256)
    let below = 0
    for (let level = 0; level < 256; level++) {
      table[level] = ((below + counts[level]! / 2) * 255 * 3) / data.length
      below += counts[level]!
    }
    for (let at = channel; at < data.length; at += 3) data[at] = clip(table[Math.round(data[at]!)]!)
  }
}

function rotate(image: FloatImage, degrees: number, { fill }: PixelFacts): void {
  const [x, y] = [(image.width - 1) / 2, (image.height - 1) / 2]
  const [sine, cosine] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)]
  warpInPlace(image, affine(cosine, sine, x - cosine * x - sine * y, -sine, cosine, y + sine * x - cosine * y), fill)
}

function shear(image: FloatImage, axis: 'x' | 'y', amount: number, { fill }: PixelFacts): void {
  const map =
    axis === 'x'
      ? affine(1, amount, (-amount * (image.height - 1)) / 2, 0, 1, 0)
      : affine(1, 0, 0, amount, 1, (-amount * (image.width - 1)) / 2)
  warpInPlace(image, map, fill)
}

/** By a share of the side. */
function translate(image: FloatImage, x: number, y: number, { fill }: PixelFacts): void {
  warpInPlace(image, affine(1, 0, image.width * x, 0, 1, image.height * y), fill)
}

/** Keeps the upper bits only. */
function posterise(image: FloatImage, strength: number): void {
  const step = 2 ** Math.round(6 * strength)
  eachValue(image, (value) => Math.floor(Math.round(value) / step) * step)
}

/** Turns the brightest values into their negatives. */
function solarise(image: FloatImage, strength: number): void {
  const from = 255 * (1 - strength)
  if (strength > 0) eachValue(image, (value) => (value >= from ? 255 - value : value))
}

const signed = true
/** What the strongest change of a factor is, either way; and of a shift: 32 pixels of 224. */
const [most, farthest] = [0.99, 1 / 7]

/** Strength 0 is no change (but for the last two, which have none), 1 the most that torchvision's wide space has. */
export const operations: readonly Operation[] = [
  { name: 'identity', apply: () => undefined },
  { name: 'shearX', signed, apply: (image, strength, facts) => shear(image, 'x', most * strength, facts) },
  { name: 'shearY', signed, apply: (image, strength, facts) => shear(image, 'y', most * strength, facts) },
  { name: 'translateX', signed, apply: (image, strength, facts) => translate(image, farthest * strength, 0, facts) },
  { name: 'translateY', signed, apply: (image, strength, facts) => translate(image, 0, farthest * strength, facts) },
  { name: 'rotate', signed, apply: (image, strength, facts) => rotate(image, 135 * strength, facts) },
  {
    name: 'brightness',
    signed,
    apply: (image, strength) => eachValue(image, (value) => value * (1 + most * strength)),
  },
  { name: 'saturation', signed, apply: (image, strength) => saturate(image, 1 + most * strength) },
  { name: 'contrast', signed, apply: (image, strength) => contrast(image, 1 + most * strength) },
  { name: 'sharpness', signed, apply: (image, strength) => sharpen(image, 1 + most * strength) },
  { name: 'posterise', apply: posterise },
  { name: 'solarise', apply: solarise },
  { name: 'autoContrast', apply: autoContrast },
  { name: 'equalise', apply: equalise },
]
