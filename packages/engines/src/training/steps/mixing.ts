import { createRandom, deriveSeed, normal } from '@graft/network'
import type { Batch } from '../../engine.js'
import type { TrainSettings } from '../settings/index.js'

type MixSettings = Pick<TrainSettings, 'mix' | 'mixAlpha' | 'seed'>

export interface MixedBatch {
  readonly images: Batch
  readonly targets: Batch
}

/**
 * Mixes every image of a batch with one other, and their targets in the same proportion: mixup (Zhang et al. 2017, arXiv
 * 1710.09412) adds them up, cutmix (Yun et al. 2019, arXiv 1905.04899) puts a rectangle of one into the other. One draw
 * per batch, from (seed, step). What is given is not changed. Cutmix needs maps `[n, channels, height, width]`; anything
 * else is added up.
 */
export function mixBatch(batch: MixedBatch, { mix, mixAlpha, seed }: MixSettings, step: number): MixedBatch {
  if (mix === 'none' || (batch.images.shape[0] ?? 0) < 2) return batch
  const random = createRandom(deriveSeed(seed, `mix ${step}`))
  const kind = mix === 'either' ? (random() < 0.5 ? 'mixup' : 'cutmix') : mix
  const share = drawBeta(mixAlpha, random)
  if (kind === 'mixup' || batch.images.shape.length !== 4)
    return { images: blended(batch.images, share), targets: blended(batch.targets, share) }
  const { images, kept } = pasted(batch.images, share, random)
  return { images, targets: blended(batch.targets, kept) }
}

/** Every row with the row that stands as far from the other end. */
function blended({ shape, data }: Batch, share: number): Batch {
  const rows = shape[0] ?? 1
  const width = data.length / rows
  const mixed = data.map((value, index) => {
    const row = Math.floor(index / width)
    return share * value + (1 - share) * (data[(rows - 1 - row) * width + (index % width)] ?? 0)
  })
  return { shape, data: mixed }
}

/** A rectangle of about `1 - share` of the area comes from the other image; `kept` is what is left of the own. */
function pasted({ shape, data }: Batch, share: number, random: () => number): { images: Batch; kept: number } {
  const [rows = 1, channels = 1, height = 1, width = 1] = shape
  const side = Math.sqrt(1 - share)
  const ends = (size: number): readonly [number, number] => {
    const centre = Math.floor(random() * size)
    const half = Math.floor((size * side) / 2)
    return [Math.max(0, centre - half), Math.min(size, centre + half)]
  }
  const [top, bottom] = ends(height)
  const [left, right] = ends(width)
  const mixed = data.slice()
  for (let row = 0; row < rows; row++) {
    for (let plane = 0; plane < channels; plane++) {
      for (let y = top; y < bottom; y++) {
        const at = (image: number): number => ((image * channels + plane) * height + y) * width
        mixed.set(data.subarray(at(rows - 1 - row) + left, at(rows - 1 - row) + right), at(row) + left)
      }
    }
  }
  return { images: { shape, data: mixed }, kept: 1 - ((bottom - top) * (right - left)) / (height * width) }
}

/** Beta(alpha, alpha), as a ratio of two gamma variables. */
function drawBeta(alpha: number, random: () => number): number {
  const [first, second] = [drawGamma(alpha, random), drawGamma(alpha, random)]
  return first + second > 0 ? first / (first + second) : 0.5
}

/** Marsaglia and Tsang 2000; below 1 by way of alpha + 1. */
function drawGamma(alpha: number, random: () => number): number {
  if (alpha < 1) return drawGamma(alpha + 1, random) * (1 - random()) ** (1 / alpha)
  const d = alpha - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = normal(random)
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}
