import { z } from 'zod'
import { defineTransform } from './transform.js'

/** Mirrors left and right with the given probability; pixels move exactly. */
export const horizontalFlip = defineTransform({
  name: 'horizontalFlip',
  options: z.strictObject({ probability: z.number().min(0).max(1) }),
  isIdentity: ({ probability }) => probability === 0,
  geometry(plan, { probability }, random) {
    if (random() < probability) plan.mirrorHorizontally = !plan.mirrorHorizontally
  },
})
