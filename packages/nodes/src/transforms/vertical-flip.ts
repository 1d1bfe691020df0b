import { z } from 'zod'
import { defineTransform } from './transform.js'

/** Mirrors top and bottom with the given probability; pixels move exactly. */
export const verticalFlip = defineTransform({
  name: 'verticalFlip',
  options: z.strictObject({ probability: z.number().min(0).max(1) }),
  isIdentity: ({ probability }) => probability === 0,
  geometry(plan, { probability }, random) {
    if (random() < probability) plan.mirrorVertically = !plan.mirrorVertically
  },
})
