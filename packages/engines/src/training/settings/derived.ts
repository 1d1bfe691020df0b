import type { OptimizerSpec } from '../../engine.js'
import { findSchedule, type ScheduleSettings, scheduleSettings } from '../schedules/index.js'
import type { TrainSettings } from './index.js'

/** The optimizer of these settings, as trainers take it: only the fields that it has. */
export function optimizerOf(
  settings: Pick<TrainSettings, 'optimizer' | 'momentum' | 'nesterov' | 'beta1' | 'beta2' | 'epsilon' | 'weightDecay'>,
): OptimizerSpec {
  const { optimizer: name, momentum, nesterov, beta1, beta2, epsilon, weightDecay } = settings
  return name === 'sgd' ? { name, momentum, nesterov, weightDecay } : { name, beta1, beta2, epsilon, weightDecay }
}

/** The schedule of these settings, with the fields that it has; the rest of them have their defaults. */
export function scheduleOf({
  schedule: name,
  stepEvery,
  stepFactor,
}: Pick<TrainSettings, 'schedule' | 'stepEvery' | 'stepFactor'>): ScheduleSettings {
  return scheduleSettings.parse(name === 'step' ? { name, everyEpochs: stepEvery, factor: stepFactor } : { name })
}

/** Share of the steps that warm up: none where the schedule does so by itself. */
export function warmupOf({ schedule, warmup }: Pick<TrainSettings, 'schedule' | 'warmup'>): number {
  return findSchedule(schedule).warmsUp ? 0 : warmup
}
