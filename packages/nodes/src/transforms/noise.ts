import { z } from 'zod'
import { clip } from './pixel-math.js'
import { defineTransform } from './transform.js'

/** Adds normal noise to every value with the given probability; its deviation is drawn up to `deviation` of the range. */
export const noise = defineTransform({
  name: 'noise',
  options: z.strictObject({
    probability: z.number().min(0).max(1),
    deviation: z.number().gt(0).max(0.5).default(0.08),
  }),
  isIdentity: ({ probability }) => probability === 0,
  pixels({ data }, { probability, deviation }, random) {
    if (random() >= probability) return
    const scale = 255 * deviation * random()
    // Box and Muller, both of a pair.
    for (let at = 0; at < data.length; at += 2) {
      const radius = scale * Math.sqrt(-2 * Math.log(1 - random()))
      const angle = 2 * Math.PI * random()
      data[at] = clip(data[at]! + radius * Math.cos(angle))
      if (at + 1 < data.length) data[at + 1] = clip(data[at + 1]! + radius * Math.sin(angle))
    }
  },
})
