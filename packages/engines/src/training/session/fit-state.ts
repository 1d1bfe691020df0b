import { type EpochSums, type FitCheckpoint } from '../plan/checkpoint.js'
import type { MetricPoint } from '../plan/fit-types.js'
import { freshMonitor } from './monitor.js'

/** What changes while a run goes on: a checkpoint without what identifies it and what the trainer holds. */
export type FitState = {
  -readonly [Key in keyof Omit<
    FitCheckpoint,
    'fingerprint' | 'optimizer' | 'trainer' | 'curves' | 'seconds'
  >]: FitCheckpoint[Key]
} & { readonly curves: MetricPoint[] }

export const noSums: EpochSums = { loss: 0, hits: 0, seen: 0 }

export function freshState(): FitState {
  return {
    epoch: 0,
    position: 0,
    sums: noSums,
    monitor: freshMonitor,
    bestWeights: null,
    kept: {},
    curves: [],
    images: 0,
  }
}

export function stateOf(checkpoint: FitCheckpoint): FitState {
  const { epoch, position, sums, monitor, bestWeights, kept = {}, curves, images } = checkpoint
  return { epoch, position, sums, monitor, bestWeights, kept, curves: [...curves], images }
}
