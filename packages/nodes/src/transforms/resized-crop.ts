import { z } from 'zod'
import { defineTransform } from './transform.js'

/** Tries before giving up on a shape that fits, as torchvision does. */
const attempts = 10

/**
 * Cuts a part of the whole image, `minScale` to 1 of its area, and resizes it to the network's size, as in
 * torchvision's RandomResizedCrop. The shape varies by up to `ratio` either way around the shape that is used without
 * augmentation, so that training and evaluation are distorted alike.
 */
export const resizedCrop = defineTransform({
  name: 'resizedCrop',
  options: z.strictObject({
    minScale: z.number().min(0.01).max(1),
    ratio: z
      .number()
      .min(1)
      .max(4)
      .default(4 / 3),
  }),
  isIdentity: ({ minScale, ratio }) => minScale === 1 && ratio === 1,
  geometry(plan, { minScale, ratio }, random, source) {
    const plainShape = plan.region.width / plan.region.height
    for (let attempt = 0; attempt < attempts; attempt++) {
      const area = source.width * source.height * (minScale + random() * (1 - minScale))
      const shape = plainShape * Math.exp((random() * 2 - 1) * Math.log(ratio))
      const width = Math.round(Math.sqrt(area * shape))
      const height = Math.round(Math.sqrt(area / shape))
      const [across, down] = [random(), random()]
      if (width < 1 || height < 1 || width > source.width || height > source.height) continue
      plan.region = {
        left: Math.round(across * (source.width - width)),
        top: Math.round(down * (source.height - height)),
        width,
        height,
      }
      return
    }
  },
})
