import type { Task } from '../../tasks/index.js'
import type { MetricPoint, ValidationScores } from '../scores/scores.js'

/** Points that a per-step curve has at most, about. */
const pointsPerRun = 200

export interface SteppedOnce {
  /** Epoch and step of the run, from 0. */
  readonly epoch: number
  readonly step: number
  readonly totalSteps: number
  readonly loss: number
  readonly rate: number
}

/** What a step adds to the curves: nothing, for most of many steps. */
export function stepPoints({ epoch, step, totalSteps, loss, rate }: SteppedOnce): readonly MetricPoint[] {
  if (step % Math.ceil(totalSteps / pointsPerRun) !== 0) return []
  const x = { name: 'step', value: step + 1 } as const
  const place = { split: 'train', epoch: epoch + 1, step: step + 1, x } as const
  return [
    { ...place, name: 'stepLoss', value: loss },
    { ...place, name: 'learningRate', value: rate },
  ]
}

export interface ClosedEpoch {
  /** From 1. */
  readonly epoch: number
  /** Steps taken in the whole run. */
  readonly step: number
  readonly task: Task
  /** Of the training images, as they were when each was seen. */
  readonly loss: number
  readonly hitRate: number
  /** Learning rate of its last step. */
  readonly rate: number
}

/** What an epoch adds to the curves before it is validated. */
export function epochPoints(
  { epoch, step, task, loss, hitRate, rate }: ClosedEpoch,
  curves: readonly MetricPoint[],
): readonly MetricPoint[] {
  const place = { epoch, step, x: { name: 'epoch', value: epoch } } as const
  const rated = curves.some((known) => known.name === 'learningRate' && known.step === step)
  return [
    { ...place, name: 'loss', split: 'train', value: loss },
    { ...place, name: task.hitRate, split: 'train', value: hitRate },
    ...(rated
      ? []
      : [{ ...place, name: 'learningRate', split: 'train', value: rate, x: { name: 'step', value: step } } as const]),
  ]
}

/** What the validation after an epoch adds. */
export function validationPoints(
  { epoch, step, task }: Pick<ClosedEpoch, 'epoch' | 'step' | 'task'>,
  { values }: ValidationScores,
): readonly MetricPoint[] {
  const place = { split: 'val', epoch, step, x: { name: 'epoch', value: epoch } } as const
  return task.curves.map((name) => ({ ...place, name, value: values[name] ?? Number.NaN }))
}
