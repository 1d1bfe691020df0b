import type { MonitorState } from '../plan/checkpoint.js'
import type { ValidationScores } from '../plan/fit-types.js'
import type { MetricDescription } from '../../tasks/index.js'
import type { TrainSettings } from '../settings/index.js'

export const freshMonitor: MonitorState = { bestEpoch: 0, bestValue: null, waited: 0, stopped: false, validation: null }

/**
 * What is remembered after an epoch (from 1): the best value so far, and whether to stop. An epoch is better when it
 * improves on the best by more than `minDelta`, in the direction that is better for the watched metric. Pure.
 */
export function observe(
  state: MonitorState,
  epoch: number,
  validation: ValidationScores,
  metric: MetricDescription,
  { patience, minDelta }: Pick<TrainSettings, 'patience' | 'minDelta'>,
): MonitorState {
  const value = validation.values[metric.name] ?? Number.NaN
  const rise = state.bestValue === null ? Infinity : value - state.bestValue
  const gain = state.bestValue === null || metric.better === 'higher' ? rise : -rise
  if (gain > minDelta) return { bestEpoch: epoch, bestValue: value, waited: 0, stopped: false, validation }
  const waited = state.waited + 1
  return { ...state, waited, stopped: patience > 0 && waited >= patience }
}
