import type { OnnxNode, Shape } from '@graft/network'
import type { BlockedLayout } from './blocked-layout.js'

/**
 * Writes ONNX nodes (opset 17) into the graph of a training step; every method returns names of values. A node that was
 * written before, with the same inputs and attributes, is not repeated: gradient rules simply ask again for what the
 * forward pass has computed.
 */
export interface GraphBuilder {
  add(operator: string, inputs: readonly string[], attributes?: OnnxNode['attributes'], domain?: string): string
  /** Like `add`, for a node with several outputs. */
  addMany(
    operator: string,
    inputs: readonly string[],
    outputs: number,
    attributes?: OnnxNode['attributes'],
    domain?: string,
  ): readonly string[]
  /** An int64 constant with one axis. */
  integers(values: readonly number[]): string
  /** A float32 constant. */
  floats(shape: Shape, values: readonly number[]): string
  /** Uniform random numbers in [0, 1), drawn again in every step; `label` is unique in the graph. */
  uniform(label: string, shape: Shape): string
  /** onnxruntime's blocked layout, in which its convolutions are fastest; null where this machine has none. */
  readonly blocked: BlockedLayout | null
}
