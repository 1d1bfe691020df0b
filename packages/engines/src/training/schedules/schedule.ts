import type { z } from 'zod'

/**
 * Where training is: optimizer steps from 0 to `totalSteps - 1`, of `stepsPerEpoch` each. Warm-up steps are not
 * counted.
 */
export interface SchedulePosition {
  readonly step: number
  readonly totalSteps: number
  readonly stepsPerEpoch: number
  /** The monitored value after each epoch so far, and which is better; absent: none was measured. */
  readonly values?: readonly number[]
  readonly better?: 'higher' | 'lower'
}

/** One course of the learning rate over a run. One file per schedule, listed in `schedules/index.ts`. */
export interface Schedule<Options extends z.ZodType = z.ZodType> {
  readonly name: string
  readonly title: string
  /** Settings, `name` included. */
  readonly options: Options
  /** True when the schedule rises from a low rate by itself, so that a warm-up before it makes no sense. */
  readonly warmsUp: boolean
  /** True when the course depends on how training goes. */
  readonly followsScores?: true
  /** What the learning rate is multiplied with at a step; pure. */
  multiplier(position: SchedulePosition, options: z.output<Options>): number
}

/** Keeps the options' type while the schedule is written; says nothing at run time. */
export function defineSchedule<Options extends z.ZodType>(schedule: Schedule<Options>): Schedule<Options> {
  return schedule
}

/** Cosine from `start` (share 0) to `end` (share 1). */
export function cosineBetween(start: number, end: number, share: number): number {
  return end + ((start - end) / 2) * (1 + Math.cos(Math.PI * share))
}
