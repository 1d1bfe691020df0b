import type { MonitorState } from './checkpoint.js'
import type { ValidationMetrics } from './fit-types.js'
import type { EarlyStoppingSettings } from './settings.js'

export const freshMonitor: MonitorState = { bestEpoch: 0, bestValue: null, waited: 0, stopped: false, validation: null }

/**
 * What is remembered after an epoch (from 1): the best value so far, and whether to stop. An epoch is better when it
 * improves on the best by more than `minDelta`; without early stopping the watched metric is the validation loss. Pure.
 */
export function observe(
  state: MonitorState,
  epoch: number,
  metrics: ValidationMetrics,
  stopping: EarlyStoppingSettings | null,
): MonitorState {
  const metric = stopping?.metric ?? 'loss'
  const value = metrics[metric]
  const gain =
    state.bestValue === null ? Infinity : metric === 'loss' ? state.bestValue - value : value - state.bestValue
  if (gain > (stopping?.minDelta ?? 0))
    return { bestEpoch: epoch, bestValue: value, waited: 0, stopped: false, validation: metrics }
  const waited = state.waited + 1
  return { ...state, waited, stopped: stopping !== null && waited >= stopping.patience }
}
