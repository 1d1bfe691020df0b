import type { z } from 'zod'
import { checkOptimizer } from '../../optimizers/index.js'
import type { OptimizerProblem } from '../../optimizers/optimizer.js'
import { findSchedule } from '../schedules/index.js'
import type { formFields } from './fields.js'

/** What is wrong with settings that are right one by one. Warnings don't stop a training. */
export type SettingsProblem = OptimizerProblem

/** What the rules read; a form's params have it all, and more. */
type Checked = Omit<z.output<z.ZodObject<typeof formFields>>, 'classWeights'>
type Rule = (settings: Checked) => SettingsProblem | null

/** Rules between fields, and rates that are known to end badly. Pure. */
export function checkTrainSettings(settings: Checked): readonly SettingsProblem[] {
  return rules.flatMap((rule) => rule(settings) ?? [])
}

const rules: readonly Rule[] = [
  ({ schedule, warmup }) =>
    findSchedule(schedule).warmsUp && warmup > 0
      ? {
          code: 'warmup-ignored',
          severity: 'warning',
          field: 'warmup',
          message: 'The one-cycle schedule warms up by itself, so warmup is not used.',
          fix: 'Set warmup to 0, or choose another schedule.',
        }
      : null,
  checkOptimizer,
]
