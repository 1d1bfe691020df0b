import { z } from 'zod'
import { constant } from './constant.js'
import { cosine } from './cosine.js'
import { oneCycle } from './one-cycle.js'
import { plateau } from './plateau.js'
import type { Schedule, SchedulePosition } from './schedule.js'
import { step } from './step.js'

export type { Schedule, SchedulePosition } from './schedule.js'

/** Every schedule there is. */
export const schedules: readonly Schedule[] = [cosine, constant, step, oneCycle, plateau]

export const scheduleSettings = z.discriminatedUnion('name', [
  cosine.options,
  constant.options,
  step.options,
  oneCycle.options,
  plateau.options,
])
export type ScheduleSettings = z.output<typeof scheduleSettings>

/** The schedule of that name; throws when it is not in the list (settings were not parsed). */
export function findSchedule(name: string): Schedule {
  const found = schedules.find((schedule) => schedule.name === name)
  if (!found)
    throw new Error(
      `There is no learning-rate schedule "${name}". Expected one of: ${schedules.map((schedule) => schedule.name).join(', ')}.`,
    )
  return found
}

/**
 * What the learning rate is multiplied with at a step: linear warm-up over the first `warmupSteps` (1/w, 2/w, ... 1),
 * then the schedule over the steps that are left. Pure.
 */
export function learningRateMultiplier(
  position: SchedulePosition,
  settings: ScheduleSettings,
  warmupSteps = 0,
): number {
  if (position.step < warmupSteps) return (position.step + 1) / warmupSteps
  const left = {
    ...position,
    step: position.step - warmupSteps,
    totalSteps: Math.max(1, position.totalSteps - warmupSteps),
  }
  return findSchedule(settings.name).multiplier(left, settings)
}
