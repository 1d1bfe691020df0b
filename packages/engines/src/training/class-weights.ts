import { EngineError } from '../engine.js'
import type { TrainSettings } from './settings.js'

/** Images per class. */
export function countLabels(labels: ArrayLike<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0)
  for (let index = 0; index < labels.length; index++) {
    const label = labels[index] as number
    counts[label] = (counts[label] as number) + 1
  }
  return counts
}

/**
 * Weight of every class in the loss, or undefined for none. `balanced`: n / (classes present * count), as scikit-learn;
 * `sqrt`: the square root of that. A class without images gets 1, which only matters to label smoothing. Explicit
 * weights must be one per class.
 */
export function classWeights(
  choice: TrainSettings['classWeights'],
  counts: readonly number[],
): readonly number[] | undefined {
  if (choice === 'none') return undefined
  if (typeof choice !== 'string') return explicitWeights(choice, counts)
  const total = counts.reduce((sum, count) => sum + count, 0)
  const present = counts.filter((count) => count > 0).length
  const balanced = counts.map((count) => (count === 0 ? 1 : total / (present * count)))
  return choice === 'balanced' ? balanced : balanced.map(Math.sqrt)
}

function explicitWeights(weights: readonly number[], counts: readonly number[]): readonly number[] {
  if (weights.length !== counts.length) {
    throw new EngineError(
      `There are ${weights.length} class weights for ${counts.length} classes. Give exactly one weight per class, in class order, or choose "balanced".`,
    )
  }
  if (!weights.some((weight, index) => weight > 0 && (counts[index] as number) > 0)) {
    throw new EngineError(
      'Every class that has images has the weight 0, so there is nothing to learn from. Give at least one of them a weight above 0.',
    )
  }
  return weights
}
