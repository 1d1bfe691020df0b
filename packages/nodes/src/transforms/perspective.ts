import { z } from 'zod'
import { homographyBetween, warpInPlace } from '../image/warp.js'
import { defineTransform } from './transform.js'

/**
 * As if seen from another side, with the given probability: every corner moves inwards by up to `distortion` of half the
 * side (torchvision's RandomPerspective). What is not on the picture gets the network's mean colour.
 */
export const perspective = defineTransform({
  name: 'perspective',
  options: z.strictObject({
    probability: z.number().min(0).max(1),
    distortion: z.number().min(0).max(1).default(0.3),
  }),
  isIdentity: ({ probability, distortion }) => probability === 0 || distortion === 0,
  pixels(image, { probability, distortion }, random, { fill }) {
    if (random() >= probability) return
    const [right, bottom] = [image.width - 1, image.height - 1]
    const inwards = (side: number): number => (random() * distortion * side) / 2
    const seen = [
      [inwards(right), inwards(bottom)],
      [right - inwards(right), inwards(bottom)],
      [right - inwards(right), bottom - inwards(bottom)],
      [inwards(right), bottom - inwards(bottom)],
    ] as const
    const corners = [
      [0, 0],
      [right, 0],
      [right, bottom],
      [0, bottom],
    ] as const
    warpInPlace(image, homographyBetween(seen, corners), fill)
  },
})
