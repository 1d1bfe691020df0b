import { z } from 'zod'
import { defineTransform } from '../transform.js'
import { applyRandom } from './apply-random.js'

/** RandAugment (Cubuk et al. 2019, arXiv 1909.13719): `count` changes per view, all at the same strength. */
export const randAugment = defineTransform({
  name: 'randAugment',
  options: z.strictObject({
    count: z.number().int().min(0).max(8).default(2),
    strength: z.number().min(0).max(1).default(0.3),
  }),
  isIdentity: ({ count, strength }) => count === 0 || strength === 0,
  pixels(image, { count, strength }, random, facts) {
    for (let index = 0; index < count; index++) applyRandom(image, strength, random, facts)
  },
})
