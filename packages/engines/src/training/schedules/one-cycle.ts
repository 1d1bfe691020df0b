import { z } from 'zod'
import { cosineBetween, defineSchedule } from './schedule.js'

/**
 * One cycle (Smith 2018): by cosine from 1 / div up to the full rate, then down to 1 / divFinal. Options and defaults
 * are fastai's
 * `fit_one_cycle`; the steps are those of PyTorch's `OneCycleLR` (whose final_div_factor is divFinal / div).
 */
export const oneCycle = defineSchedule({
  name: 'oneCycle',
  title: 'One cycle',
  options: z.strictObject({
    name: z.literal('oneCycle'),
    riseFraction: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.25)
      .describe('Share of the steps spent rising to the full learning rate (pct_start).'),
    div: z.number().min(1).default(25).describe('The first step uses the learning rate divided by this.'),
    divFinal: z.number().min(1).default(1e5).describe('The last step uses the learning rate divided by this.'),
  }),
  warmsUp: true,
  multiplier: ({ step, totalSteps }, { riseFraction, div, divFinal }) => {
    const peak = riseFraction * totalSteps - 1
    const last = totalSteps - 1
    if (step < peak) return cosineBetween(1 / div, 1, step / peak)
    return last <= peak || last <= 0
      ? 1
      : cosineBetween(1, 1 / divFinal, Math.min(1, (step - Math.max(0, peak)) / (last - Math.max(0, peak))))
  },
})
