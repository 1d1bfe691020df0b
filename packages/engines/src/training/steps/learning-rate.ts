import type { FitPlan } from '../plan/plan-fit.js'
import { findSchedule, learningRateMultiplier, type SchedulePosition } from '../schedules/index.js'
import type { MetricDescription } from '../../tasks/index.js'
import type { MetricPoint } from '../scores/scores.js'
import { scheduleOf, warmupOf } from '../settings/index.js'
import type { BatchPlan } from './batches.js'

/** Learning rate of a step, counted from 0 over the whole run, after what the epochs before it came to. */
export function learningRateAt(
  { settings, batches, monitored }: Pick<FitPlan, 'settings' | 'monitored'> & { readonly batches: BatchPlan },
  step: number,
  curves: readonly MetricPoint[] = [],
): number {
  const { stepsPerEpoch } = batches
  const totalSteps = settings.epochs * stepsPerEpoch
  const warmupSteps = Math.round(warmupOf(settings) * totalSteps)
  const before = findSchedule(settings.schedule).followsScores
    ? watchedUntil(curves, monitored, Math.floor(step / stepsPerEpoch))
    : {}
  const multiplier = learningRateMultiplier(
    { step, totalSteps, stepsPerEpoch, ...before },
    scheduleOf(settings),
    warmupSteps,
  )
  return settings.learningRate * multiplier
}

/** The monitored value after each of the first epochs; where none was validated, the training loss. */
function watchedUntil(
  curves: readonly MetricPoint[],
  { name, better }: MetricDescription,
  epochs: number,
): Required<Pick<SchedulePosition, 'values' | 'better'>> {
  const ended = curves.filter(({ epoch, x }) => x.name === 'epoch' && epoch <= epochs)
  const validated = ended.filter((point) => point.split === 'val' && point.name === name)
  if (validated.length > 0) return { values: validated.map(({ value }) => value), better }
  const losses = ended.filter((point) => point.split === 'train' && point.name === 'loss')
  return { values: losses.map(({ value }) => value), better: 'lower' }
}
