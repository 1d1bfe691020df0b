import type { OptimizerSpec } from '../../engine.js'
import { EngineError } from '../../engine.js'
import { adam } from './adam.js'
import { adamw } from './adamw.js'
import type { Optimizer, UpdateCall, UpdateResult } from './optimizer.js'
import { sgd } from './sgd.js'

export const optimizers = [sgd, adam, adamw] as const

/** An optimizer with its settings filled in. */
export interface ConfiguredOptimizer {
  readonly slots: readonly string[]
  update(call: UpdateCall): UpdateResult
}

/** Finds the optimizer a specification names. Throws EngineError for an unknown name. */
export function configureOptimizer(spec: OptimizerSpec): ConfiguredOptimizer {
  const optimizer = (optimizers as readonly Optimizer[]).find((candidate) => candidate.name === spec.name)
  if (!optimizer)
    throw new EngineError(
      `There is no optimizer "${spec.name}".`,
      `Choose one of ${optimizers.map((known) => known.name).join(', ')}.`,
    )
  return { slots: optimizer.slots, update: (call) => optimizer.update(spec, call) }
}
