import { EngineError } from '../engine.js'
import type { Task } from './task.js'

/** How much each class counts in the loss: all the same, rare ones more, or one given number per class. */
export type ClassWeightChoice = 'none' | 'balanced' | 'sqrt' | readonly number[]

/**
 * Weight of every class in the loss, or undefined for none. `balanced`: what the task calls balanced; `sqrt`: the
 * square root of that. Explicit weights must be one per class. `counts` are the images of each class, `total` those of
 * all together.
 */
export function classWeights(
  task: Pick<Task, 'balancedWeights'>,
  choice: ClassWeightChoice,
  counts: readonly number[],
  total: number,
): readonly number[] | undefined {
  if (choice === 'none') return undefined
  if (typeof choice !== 'string') return explicitWeights(choice, counts)
  const balanced = task.balancedWeights(counts, total)
  return choice === 'balanced' ? balanced : balanced.map(Math.sqrt)
}

function explicitWeights(weights: readonly number[], counts: readonly number[]): readonly number[] {
  if (weights.length !== counts.length) {
    throw new EngineError(
      `There are ${weights.length} class weights for ${counts.length} classes.`,
      'Give exactly one weight per class, in class order, or choose "balanced".',
    )
  }
  if (!weights.some((weight, index) => weight > 0 && (counts[index] as number) > 0)) {
    throw new EngineError(
      'Every class that has images has the weight 0, so there is nothing to learn from.',
      'Give at least one of them a weight above 0.',
    )
  }
  return weights
}
