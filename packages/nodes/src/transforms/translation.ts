import { z } from 'zod'
import { defineTransform } from './transform.js'

/** Moves by up to a fraction of width and of height, drawn evenly; what comes in is mirrored from the edge. */
export const translation = defineTransform({
  name: 'translation',
  options: z.strictObject({ fraction: z.number().min(0).max(1) }),
  isIdentity: ({ fraction }) => fraction === 0,
  geometry(plan, { fraction }, random) {
    plan.shiftX += (random() * 2 - 1) * fraction
    plan.shiftY += (random() * 2 - 1) * fraction
  },
})
