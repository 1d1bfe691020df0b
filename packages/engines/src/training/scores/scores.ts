import type { Head } from '@graft/network'

/**
 * A point of a curve. Once an epoch: `loss` and the task's hit rate (train), the metrics that the task names (val),
 * `learningRate` (train). At most about 200 times a run: `stepLoss` and `learningRate` (train).
 */
export interface MetricPoint {
  readonly name: string
  readonly split: 'train' | 'val'
  /** Epochs count from 1; step is the number of optimizer steps taken. */
  readonly epoch: number
  readonly step: number
  readonly value: number
  /** Where it stands on the axis of its curve. */
  readonly x: { readonly name: 'epoch' | 'step'; readonly value: number }
}

/** The task's metrics on validation images, of the weights that were given back; `loss` is plain. */
export interface ValidationScores {
  readonly count: number
  readonly values: Readonly<Record<string, number>>
  /** The head that they were measured with: thresholds included, where the task chooses any. */
  readonly head: Head
}
