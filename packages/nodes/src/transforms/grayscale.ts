import { z } from 'zod'
import { lumaAt } from './pixel-math.js'
import { defineTransform } from './transform.js'

/** Takes the colour away with the given probability: all three channels become the brightness (BT.601). */
export const grayscale = defineTransform({
  name: 'grayscale',
  options: z.strictObject({ probability: z.number().min(0).max(1) }),
  isIdentity: ({ probability }) => probability === 0,
  pixels({ data }, { probability }, random) {
    if (random() >= probability) return
    for (let at = 0; at < data.length; at += 3) {
      data.fill(lumaAt(data, at), at, at + 3)
    }
  },
})
