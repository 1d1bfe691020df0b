import { z } from 'zod'
import type { FloatImage } from '../image/image.js'
import { defineTransform } from './transform.js'

/**
 * Gaussian blur with the given probability; sigma is drawn from [0.1, 1] times `sigma`, which counts in pixels of a
 * 224-pixel image.
 */
export const blur = defineTransform({
  name: 'blur',
  options: z.strictObject({ probability: z.number().min(0).max(1), sigma: z.number().min(0.1).max(20).default(2) }),
  isIdentity: ({ probability }) => probability === 0,
  pixels(image, { probability, sigma }, random) {
    if (random() >= probability) return
    const scaled = sigma * (0.1 + 0.9 * random()) * (Math.min(image.width, image.height) / 224)
    const kernel = gaussian(scaled)
    if (kernel.length === 1) return
    convolve(image, kernel, 'columns')
    convolve(image, kernel, 'rows')
  },
})

/** Weights from the centre outwards, three sigma far; together (both sides) they sum to one. */
function gaussian(sigma: number): Float32Array {
  const radius = Math.ceil(sigma * 3)
  const weights = Float32Array.from({ length: radius + 1 }, (_, distance) => Math.exp(-0.5 * (distance / sigma) ** 2))
  const sum = weights.reduce((total, weight, distance) => total + weight * (distance === 0 ? 1 : 2), 0)
  return weights.map((weight) => weight / sum)
}

function convolve({ width, height, data }: FloatImage, kernel: Float32Array, along: 'columns' | 'rows'): void {
  const [length, lines, step, lineStep] =
    along === 'columns' ? [width, height, 3, width * 3] : [height, width, width * 3, 3]
  const line = new Float32Array(length)
  for (let lineIndex = 0; lineIndex < lines; lineIndex++) {
    for (let channel = 0; channel < 3; channel++) {
      const start = lineIndex * lineStep + channel
      for (let at = 0; at < length; at++) line[at] = data[start + at * step]!
      for (let at = 0; at < length; at++) data[start + at * step] = weighted(line, at, kernel)
    }
  }
}

/** Weighted mean around a position; the edge pixel goes on beyond the edge. */
function weighted(line: Float32Array, at: number, kernel: Float32Array): number {
  const last = line.length - 1
  let sum = line[at]! * kernel[0]!
  for (let distance = 1; distance < kernel.length; distance++) {
    const before = at - distance
    const after = at + distance
    sum += kernel[distance]! * (line[before < 0 ? 0 : before]! + line[after > last ? last : after]!)
  }
  return sum
}
