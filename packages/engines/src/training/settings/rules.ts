import { findSchedule } from '../schedules/index.js'
import type { ParsedTrainSettings } from './index.js'

/** What is wrong with settings that are right one by one. Warnings don't stop a training. */
export interface SettingsProblem {
  readonly code: string
  readonly severity: 'error' | 'warning'
  readonly field: string
  readonly message: string
  readonly fix: string
}

type Checked = Pick<ParsedTrainSettings, 'schedule' | 'warmup' | 'optimizer' | 'nesterov' | 'momentum' | 'learningRate'>
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
  ({ optimizer, nesterov, momentum }) =>
    optimizer === 'sgd' && nesterov && momentum === 0
      ? {
          code: 'nesterov-without-momentum',
          severity: 'error',
          field: 'nesterov',
          message: 'Nesterov needs momentum, but momentum is 0.',
          fix: 'Raise momentum to 0.9, or switch nesterov off.',
        }
      : null,
  ({ optimizer, learningRate }) =>
    optimizer !== 'sgd' && learningRate > 0.1
      ? {
          code: 'rate-high',
          severity: 'warning',
          field: 'learningRate',
          message: `A learning rate of ${learningRate} is very high for ${optimizer}; training may diverge.`,
          fix: 'Try 0.001 to 0.01.',
        }
      : null,
]
