import { EngineError } from '../engine.js'
import type { Batch } from '../engine.js'

/**
 * Refuses targets that don't belong to a batch, before any work is done: an error in the middle of differentiation
 * would leave tensors behind. `width` is what the loss wants per row.
 */
export function checkTargets(batch: Batch, targets: Batch, width: number): void {
  const [rows = 0, given = 0] = targets.shape
  if (targets.shape.length === 2 && batch.shape[0] === rows && rows > 0 && given === width) return
  throw new EngineError(
    `The batch has shape [${batch.shape.join(', ')}] and its targets [${targets.shape.join(', ')}].`,
    `Give one row of ${width} targets per row, and at least one row.`,
  )
}
