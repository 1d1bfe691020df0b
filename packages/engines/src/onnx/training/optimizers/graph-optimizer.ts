import type { OptimizerSpec } from '../../../engine.js'
import type { TrainingGraph } from '../training-graph.js'

export interface GraphUpdate {
  readonly graph: TrainingGraph
  /** Names of the values. */
  readonly parameter: string
  readonly gradient: string
  readonly slots: Readonly<Record<string, string>>
  /** Scalar: learning rate of this step, the parameter's own multiplier included. */
  readonly learningRate: string
  /** Scalars that `scalars` computes for every step, by name. */
  readonly scalars: Readonly<Record<string, string>>
  /** Zero for biases and normalisation. */
  readonly weightDecay: number
}

/** One optimizer as graph nodes, with the formulas of `tfjs/optimizers` (PyTorch's). */
export interface GraphOptimizer<Name extends OptimizerSpec['name'] = OptimizerSpec['name']> {
  readonly name: Name
  readonly slots: readonly string[]
  /** Numbers that depend on the count of updates (from 1), so that the graph doesn't. */
  scalars(spec: Extract<OptimizerSpec, { name: Name }>, update: number): Readonly<Record<string, number>>
  write(spec: Extract<OptimizerSpec, { name: Name }>, update: GraphUpdate): { readonly parameter: string; readonly slots: Readonly<Record<string, string>> }
}

/** A scalar constant. */
export const scalar = (graph: TrainingGraph, value: number): string => graph.floats([], [value])
