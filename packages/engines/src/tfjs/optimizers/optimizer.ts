import type { Tensor } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '@graft/network'
import type { OptimizerSpec } from '../../engine.js'

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

/** One optimizer, parameter by parameter, with the formulas of PyTorch's. Runs inside `tf.tidy`. */
export interface Optimizer<Name extends OptimizerSpec['name'] = OptimizerSpec['name']> {
  readonly name: Name
  /** Names of the state kept per parameter. */
  readonly slots: readonly string[]
  update(spec: Extract<OptimizerSpec, { name: Name }>, call: UpdateCall): UpdateResult
}
