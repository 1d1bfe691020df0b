import type { Batch } from '../../engine.js'
import { singleLabel, type TargetOptions } from '../index.js'

/** Targets of class indices, as the training loop makes them. */
export function singleLabelTargets(
  labels: ArrayLike<number>,
  classes: number,
  options: Partial<TargetOptions> = {},
): Batch {
  return singleLabel.targets(Array.from(labels), classes, { labelSmoothing: 0, ...options })
}
