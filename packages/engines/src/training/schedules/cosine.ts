import { z } from 'zod'
import { cosineBetween, defineSchedule } from './schedule.js'

/**
 * Half a cosine from the full rate at the first step towards `finalFraction` of it after the last (PyTorch
 * `CosineAnnealingLR` with T_max = all steps).
 */
export const cosine = defineSchedule({
  name: 'cosine',
  title: 'Cosine',
  options: z.strictObject({
    name: z.literal('cosine'),
    finalFraction: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('Where the learning rate ends, as a share of where it starts.'),
  }),
  warmsUp: false,
  multiplier: ({ step, totalSteps }, { finalFraction }) =>
    cosineBetween(1, finalFraction, Math.min(1, step / totalSteps)),
})
