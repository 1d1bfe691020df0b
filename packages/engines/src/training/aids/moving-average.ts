import { z } from 'zod'
import { defineAid } from './aid.js'
import { blend } from './blend.js'

/**
 * An exponential moving average of the weights and running statistics, as timm's `ModelEmaV2` keeps it: it begins as
 * the weights do. In the first steps it follows faster, as in TensorFlow's `ExponentialMovingAverage`: so short trainings
 * aren't held at where they began.
 */
export const movingAverage = defineAid({
  name: 'moving-average',
  fields: {
    averageDecay: z.number().min(0).max(0.99999).default(0).meta({
      title: 'Moving average',
      description:
        'Ends with the moving average of the weights instead of those of the last step: this much of it stays in every step. Steadier when much of the network trains; 0.99 for hundreds of steps, 0.999 for thousands. 0: off.',
      advanced: true,
    }),
  },
  isOn: ({ averageDecay }) => averageDecay > 0,
  tell: ({ averageDecay }) => `Moving average of the weights with a decay of ${averageDecay}.`,
  follow: {
    after: (followed, weights, step, { averageDecay }) =>
      blend(followed, weights, 1 - Math.min(averageDecay, (1 + step) / (10 + step))),
  },
})
