import { checkOptimizer } from '../../optimizers/index.js'
import type { OptimizerProblem } from '../../optimizers/optimizer.js'
import { guard, type Guarded, type GuardedRun } from './guards/index.js'

/** What is wrong with settings that are right one by one. Warnings don't stop a training. */
export type SettingsProblem = OptimizerProblem

/** Rules between fields, and combinations that are known to end badly; with the run where it is known. Pure. */
export function checkTrainSettings(settings: Guarded, run: GuardedRun | null = null): readonly SettingsProblem[] {
  const ofOptimizer = checkOptimizer(settings)
  return [...guard(settings, run), ...(ofOptimizer ? [ofOptimizer] : [])]
}
