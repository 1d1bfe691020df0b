import { z } from 'zod'
import { defineSchedule } from './schedule.js'

/** Multiplies the rate by `factor` after each fixed number of epochs (PyTorch `StepLR`). */
export const step = defineSchedule({
  name: 'step',
  title: 'Step',
  options: z.strictObject({
    name: z.literal('step'),
    everyEpochs: z.int().min(1).default(7).describe('Epochs between two drops of the learning rate.'),
    factor: z
      .number()
      .positive()
      .max(1)
      .default(0.1)
      .describe('What the learning rate is multiplied with at every drop.'),
  }),
  warmsUp: false,
  multiplier: ({ step, stepsPerEpoch }, { everyEpochs, factor }) =>
    factor ** Math.floor(step / (stepsPerEpoch * everyEpochs)),
})
