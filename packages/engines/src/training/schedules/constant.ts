import { z } from 'zod'
import { defineSchedule } from './schedule.js'

/** The same rate throughout. */
export const constant = defineSchedule({
  name: 'constant',
  title: 'Constant',
  options: z.strictObject({ name: z.literal('constant') }),
  warmsUp: false,
  multiplier: () => 1,
})
