import type { TensorFlow } from '@graft/network'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { z } from 'zod'
import type { GraphResult, GraphUpdate } from './graph-update.js'

/** What one optimizer adds to the settings of a training: zod fields by name. */
export type Fields = Readonly<Record<string, z.ZodType>>

/** Values of fields, parsed. */
export type FieldValues<F extends Fields> = { readonly [Name in keyof F]: z.output<F[Name]> }

export interface UpdateCall {
  readonly tf: TensorFlow
  readonly parameter: Tensor
  readonly gradient: Tensor
  /** State kept for this parameter, all zeros before the first step. */
  readonly slots: Readonly<Record<string, Tensor>>
  /** Learning rate of this step, the parameter's own multiplier included. */
  readonly learningRate: number
  /** Weight decay of this parameter: zero for biases and normalisation. */
  readonly weightDecay: number
  /** Number of this update, from 1. */
  readonly update: number
}

export interface UpdateResult {
  readonly parameter: Tensor
  readonly slots: Readonly<Record<string, Tensor>>
}

/** Something about settings that is known to be wrong, or to end badly. */
export interface OptimizerProblem {
  readonly code: string
  readonly severity: 'error' | 'warning'
  readonly field: string
  readonly message: string
  readonly fix: string
}

/**
 * One way to turn gradients into new weights, with PyTorch's formulas, for every engine that steps: as ONNX nodes and in
 * TensorFlow.js, side by side, so that one can be read against the other. One file per optimizer, listed in
 * `optimizers/index.ts`; the choice in Train's form, the settings and their checks follow from the list.
 */
export interface Optimizer<Name extends string, Form extends Fields, Code extends Fields> {
  /** As in graphs and settings: `adamw`. */
  readonly name: Name
  readonly title: string
  /** Its own settings that a form shows, with title, bounds and default. Two optimizers may share a field. */
  readonly form: Form
  /** Its own settings that only code sets. */
  readonly code: Code
  /** Names of the state kept per parameter. */
  readonly slots: readonly string[]
  /** What is wrong with these settings, beyond the bounds of each field. */
  check?(settings: FieldValues<Form> & { readonly learningRate: number }): OptimizerProblem | null
  /** Numbers that depend on the count of updates (from 1), so that the ONNX graph doesn't. */
  scalars(settings: FieldValues<Form & Code>, update: number): Readonly<Record<string, number>>
  /** Writes one update of one parameter as ONNX nodes. */
  write(settings: FieldValues<Form & Code>, update: GraphUpdate): GraphResult
  /** The same in TensorFlow.js; runs inside `tf.tidy`. */
  update(settings: FieldValues<Form & Code>, call: UpdateCall): UpdateResult
}

/** States an optimizer; only there for the types. */
export const defineOptimizer = <const Name extends string, Form extends Fields, Code extends Fields>(
  optimizer: Optimizer<Name, Form, Code>,
): Optimizer<Name, Form, Code> => optimizer
