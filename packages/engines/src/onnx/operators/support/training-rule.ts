import type { AttributeValue, Layer, Shape } from '@graft/network'
import type { GraphBuilder } from './graph-builder.js'

/**
 * How a training step computes one operator of `@graft/network`. Adding one touches its file in a family (the folder
 * of the operator's own file) and the list in `index.ts`; the conformance suite names an operator without a rule and
 * holds every rule against finite differences and the other engine.
 */
export interface TrainingRule {
  /** The operator's name. */
  readonly operator: string
  /**
   * The forward pass where it differs from what the operator writes as ONNX (batch statistics, random masks, kept
   * indices); returns the value's name.
   */
  forward?(call: TrainingCall): string
  /** Writes the ONNX nodes that compute the asked-for gradients from the gradient of the layer's value. */
  gradient(call: GradientCall): LayerGradients
}

/** A layer inside a training step. Sizes are fixed, the batch's included; values are in NCHW. */
export interface TrainingCall {
  readonly layer: Layer
  readonly attributes: Readonly<Record<string, AttributeValue>>
  readonly build: GraphBuilder
  readonly inputs: readonly string[]
  readonly inputShapes: readonly Shape[]
  /** Names of the parameters' values, by slot. */
  readonly parameters: Readonly<Record<string, string>>
  readonly parameterShapes: Readonly<Record<string, Shape>>
  readonly outputShape: Shape
  /** Names the new value of a parameter that the optimizer doesn't step (running statistics). */
  updateParameter(slot: string, value: string): void
}

export interface GradientCall extends TrainingCall {
  /** Name of the layer's value, and of its gradient, which has the same shape. */
  readonly output: string
  readonly gradient: string
  readonly needsInput: readonly boolean[]
  /** Slots whose gradient is wanted. */
  readonly needsParameter: ReadonlySet<string>
}

/** Names of the gradients; what wasn't asked for can be left out. */
export interface LayerGradients {
  readonly inputs?: readonly (string | undefined)[]
  readonly parameters?: Readonly<Record<string, string>>
}
