export { optimizerOf } from '../../optimizers/index.js'
import { findSchedule, type ScheduleSettings, scheduleSettings } from '../schedules/index.js'
import type { TrainSettings } from './schema.js'

/** Is the head computed at once, without steps? */
export const isComputed = ({ method }: Pick<TrainSettings, 'method'>): boolean => method !== 'descent'

/** The schedule of these settings, with the fields that it has; the rest of them have their defaults. */
export function scheduleOf({
  schedule: name,
  stepEvery,
  stepFactor,
  plateauPatience,
}: Pick<TrainSettings, 'schedule' | 'stepEvery' | 'stepFactor' | 'plateauPatience'>): ScheduleSettings {
  const factor = stepFactor
  if (name === 'step') return { name, everyEpochs: stepEvery, factor }
  if (name === 'plateau') return { name, patience: plateauPatience, factor }
  return scheduleSettings.parse({ name })
}

/** Share of the steps that warm up: none where the schedule does so by itself. */
export function warmupOf({ schedule, warmup }: Pick<TrainSettings, 'schedule' | 'warmup'>): number {
  return findSchedule(schedule).warmsUp ? 0 : warmup
}
