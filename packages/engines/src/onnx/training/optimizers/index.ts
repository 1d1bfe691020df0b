import type { OptimizerSpec } from '../../../engine.js'
import { EngineError } from '../../../engine.js'
import { adam } from './adam.js'
import { adamw } from './adamw.js'
import type { GraphOptimizer, GraphUpdate } from './graph-optimizer.js'
import { sgd } from './sgd.js'

export const graphOptimizers = [sgd, adam, adamw] as const

/** An optimizer with its settings filled in. */
export interface ConfiguredGraphOptimizer {
  readonly slots: readonly string[]
  scalars(update: number): Readonly<Record<string, number>>
  write(update: GraphUpdate): ReturnType<GraphOptimizer['write']>
}

/** Finds the optimizer a specification names. Throws EngineError for an unknown name. */
export function configureGraphOptimizer(spec: OptimizerSpec): ConfiguredGraphOptimizer {
  const optimizer = (graphOptimizers as readonly GraphOptimizer[]).find((candidate) => candidate.name === spec.name)
  if (!optimizer)
    throw new EngineError(
      `There is no optimizer "${spec.name}".`,
      `Choose one of ${graphOptimizers.map((known) => known.name).join(', ')}.`,
    )
  return {
    slots: optimizer.slots,
    scalars: (update) => optimizer.scalars(spec, update),
    write: (update) => optimizer.write(spec, update),
  }
}
