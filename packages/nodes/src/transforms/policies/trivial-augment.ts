import { z } from 'zod'
import { defineTransform } from '../transform.js'
import { applyRandom } from './apply-random.js'

/**
 * TrivialAugment (Mueller and Hutter 2021, arXiv 2103.10158): one change per view, any of the list, at any strength up to
 * `strength` of the wide space. Nothing to tune.
 */
export const trivialAugment = defineTransform({
  name: 'trivialAugment',
  options: z.strictObject({ strength: z.number().min(0).max(1).default(1) }),
  isIdentity: ({ strength }) => strength === 0,
  pixels: (image, { strength }, random, facts) => applyRandom(image, strength * random(), random, facts),
})
