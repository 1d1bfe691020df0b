import { z } from 'zod'
import { defineTransform } from './transform.js'

/**
 * Resizes some views by the other method (bilinear or bicubic), as the pictures that come later may be, with the given
 * probability.
 */
export const interpolation = defineTransform({
  name: 'interpolation',
  options: z.strictObject({ probability: z.number().min(0).max(1) }),
  isIdentity: ({ probability }) => probability === 0,
  geometry(plan, { probability }, random) {
    plan.otherInterpolation = random() < probability
  },
})
