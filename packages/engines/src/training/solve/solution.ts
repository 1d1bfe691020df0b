import type { Network, Tensors } from '@graft/network'
import type { ReadFeatures } from './read-features.js'
import type { Choice } from './solve-report.js'

/** A head that was computed. */
export interface Solution {
  readonly choice: Choice
  /** Absent: the network that was given. */
  readonly network?: Network
  /** Of the whole network. */
  readonly tensors: Tensors
  /** What it gives for every row of features. */
  logits(features: ReadFeatures): Float32Array
}
