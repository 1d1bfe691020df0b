import { findSchedule } from '../../schedules/index.js'
import type { Guard } from './guard.js'

export const warmupIgnored: Guard = {
  code: 'warmup-ignored',
  field: 'warmup',
  check: ({ schedule, warmup }) =>
    findSchedule(schedule).warmsUp && warmup > 0
      ? {
          message: 'The one-cycle schedule warms up by itself, so warmup is not used.',
          fix: 'Set warmup to 0, or choose another schedule.',
        }
      : null,
}
