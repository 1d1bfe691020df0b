import { z } from 'zod'
import { defineTransform } from './transform.js'

const attempts = 10

/**
 * Blanks out one rectangle with the given probability (Zhong et al. 2017): 2 % to `maxArea` of the image, shape 0.3
 * to 3.3, filled with the network's mean colour.
 */
export const erasing = defineTransform({
  name: 'erasing',
  options: z.strictObject({
    probability: z.number().min(0).max(1),
    maxArea: z
      .number()
      .min(0.02)
      .max(0.8)
      .default(1 / 3),
  }),
  isIdentity: ({ probability }) => probability === 0,
  pixels({ width, height, data }, { probability, maxArea }, random, { fill }) {
    if (random() >= probability) return
    for (let attempt = 0; attempt < attempts; attempt++) {
      const area = width * height * (0.02 + random() * (maxArea - 0.02))
      const shape = Math.exp((random() * 2 - 1) * Math.log(3.3))
      const across = Math.round(Math.sqrt(area * shape))
      const down = Math.round(Math.sqrt(area / shape))
      const [x, y] = [random(), random()]
      if (across < 1 || down < 1 || across >= width || down >= height) continue
      const left = Math.floor(x * (width - across + 1))
      const top = Math.floor(y * (height - down + 1))
      for (let row = top; row < top + down; row++) {
        for (let column = left; column < left + across; column++) data.set(fill, (row * width + column) * 3)
      }
      return
    }
  },
})
