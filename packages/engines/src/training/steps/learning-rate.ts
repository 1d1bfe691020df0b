import type { BatchPlan } from './batches.js'
import { learningRateMultiplier } from '../schedules/index.js'
import { scheduleOf, type TrainSettings, warmupOf } from '../settings/index.js'

/** Learning rate of a step, counted from 0 over the whole run. */
export function learningRateAt(
  { settings, batches }: { readonly settings: TrainSettings; readonly batches: BatchPlan },
  step: number,
): number {
  const totalSteps = settings.epochs * batches.stepsPerEpoch
  const warmupSteps = Math.round(warmupOf(settings) * totalSteps)
  return (
    settings.learningRate *
    learningRateMultiplier(
      { step, totalSteps, stepsPerEpoch: batches.stepsPerEpoch },
      scheduleOf(settings),
      warmupSteps,
    )
  )
}
