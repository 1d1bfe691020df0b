import { z } from 'zod'
import { defineTransform } from './transform.js'

/**
 * Turns about the centre by an angle drawn evenly from -degrees to degrees; what lies beyond the edge is mirrored in.
 */
export const rotation = defineTransform({
  name: 'rotation',
  options: z.strictObject({ degrees: z.number().min(0).max(180) }),
  isIdentity: ({ degrees }) => degrees === 0,
  geometry(plan, { degrees }, random) {
    plan.angle += (random() * 2 - 1) * degrees
  },
})
