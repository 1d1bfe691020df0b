import type { OptimizerProblem } from '../../../optimizers/optimizer.js'
import { balancedTwice } from './balanced-twice.js'
import { focalBalanced } from './focal-balanced.js'
import type { Guard, Guarded, GuardedRun } from './guard.js'
import { highBackboneRate } from './high-backbone-rate.js'
import { mixedFeatures } from './mixed-features.js'
import { neverUnfrozen } from './never-unfrozen.js'
import { oneAugmentedView } from './one-augmented-view.js'
import { resizedFrozenPart } from './resized-frozen-part.js'
import { stopsBeforeDrop } from './stops-before-drop.js'
import { tinyBatchStatistics } from './tiny-batch-statistics.js'
import { unevenAccuracy } from './uneven-accuracy.js'
import { warmupIgnored } from './warmup-ignored.js'

export type { Guard, Guarded, GuardedRun } from './guard.js'

/** Every guard. A new one is a file here and a line in this list. */
export const guards: readonly Guard[] = [
  warmupIgnored,
  stopsBeforeDrop,
  balancedTwice,
  focalBalanced,
  unevenAccuracy,
  mixedFeatures,
  oneAugmentedView,
  highBackboneRate,
  tinyBatchStatistics,
  neverUnfrozen,
  resizedFrozenPart,
]

/** Warnings of the guards; `run` is null while only the settings are known. Pure. */
export function guard(settings: Guarded, run: GuardedRun | null): readonly OptimizerProblem[] {
  return guards
    .filter(({ computedToo }) => computedToo || settings.method === 'descent')
    .flatMap(({ code, field, check }) => {
      const found = check(settings, run)
      return found ? [{ code, severity: 'warning' as const, field, ...found }] : []
    })
}
