import type { Rank, Tensor } from '@tensorflow/tfjs-core'
import type * as tfjs from '@tensorflow/tfjs-core'
import type { AttributeValue, Initializer, Layer } from './network.js'

export type TensorFlow = typeof tfjs
export type Shape = readonly number[]

/**
 * What a parameter is for: decides weight decay (weights only), initial values, and what "batch-norm statistics" means.
 * An `embedding` stands in for input (a class token, positions); a `constant` is a number of the formula, which is
 * never learned.
 */
export type ParameterRole = 'weight' | 'bias' | 'scale' | 'shift' | 'embedding' | 'constant' | 'mean' | 'variance'

/**
 * One operator, defined in one place: what it accepts, its shape rule, how TensorFlow.js computes it, how ONNX writes
 * it. Adding one touches its file in a family of `operators/` and the list in `operators/index.ts`; what an engine needs
 * beyond this, it keeps itself (`packages/engines/src/onnx/operators`). TensorFlow.js arrives as an argument and is
 * imported as a type only, so this package stays free of tensor libraries.
 */
export interface Operator {
  /** ONNX operator name (or `com.graft` name where ONNX has none). */
  readonly name: string
  /**
   * Parameter slots in ONNX input order (after the data inputs), with their role; optional slots may be absent on a
   * layer.
   */
  readonly parameters: Readonly<Record<string, ParameterSlot>>
  /** Number of data inputs: exact, or [min, max]. */
  readonly arity: number | readonly [number, number]
  /** Attributes with their defaults; `null` marks a required one. Attributes not listed are refused by name. */
  readonly attributes: Readonly<Record<string, AttributeValue | null>>
  /**
   * Result shape, batch axis included (batch is given as a positive number). Throws an Error naming layer, shapes and
   * fix.
   */
  shape(call: ShapeCall): Shape
  /** Value in TensorFlow.js; differentiable through tf's own autodiff. */
  forward(call: ForwardCall): Value
  /**
   * ONNX nodes (opset 17) computing this layer. Default when absent: one node of the same name, with all attributes
   * that differ from null.
   */
  toOnnx?(call: OnnxCall): readonly OnnxNode[]
  /** Multiply-accumulate operations for one image; default 0. */
  macs?(call: ShapeCall & { readonly output: Shape }): number

  // What code outside the operator asks about it, in place of comparing names.

  /** Training draws random numbers (Dropout), so that a value can't be kept for later. */
  readonly stochastic?: boolean
  /**
   * Computes value by value, and where all inputs are 0 both the value and its derivatives are finite: it may run over
   * numbers that only fill up a layout.
   */
  readonly finiteAtZero?: boolean
  /** Brings values that lie side by side together into their mean or maximum. */
  readonly pools?: boolean
  /** Passes on the same numbers in the same order, perhaps under another shape. */
  readonly keepsNumbers?: boolean
  /** Turns the scores along an axis into probabilities, or into their logarithms. */
  readonly givesProbabilities?: boolean
  /** What it does with its `weight`, where its value is a sum of products of input and weight. */
  readonly linear?: LinearTrait
  /** Which of its input's values one of its own depends on; absent: perhaps on all of them. */
  reach?(call: ShapeCall): Reach
}

/**
 * A window that slides over height and width; or the axes along which values are brought together (none: value by
 * value); or another order of the axes.
 */
export type Reach =
  | { readonly window: { readonly span: readonly number[]; readonly strides: readonly number[] } }
  | { readonly mixes: readonly number[] }
  | { readonly order: readonly number[] }

export interface ParameterSlot {
  readonly role: ParameterRole
  readonly optional?: boolean
  /** What a new one starts from where its role doesn't say. */
  readonly initializer?: Initializer
}

export interface LinearTrait {
  /** A kernel `[outputs, inputs / group, height, width]` that moves over a map, or a matrix. */
  readonly weight: 'kernel' | 'matrix'
  /** Whether the outputs are the weight's last axis, given the layer's attributes with defaults filled in. */
  outputsLast(attributes: Readonly<Record<string, AttributeValue>>): boolean
}

export interface ShapeCall {
  readonly layer: Layer
  /** Attributes with defaults filled in. */
  readonly attributes: Readonly<Record<string, AttributeValue>>
  readonly inputs: readonly Shape[]
  readonly parameters: Readonly<Record<string, Shape>>
}

/**
 * A value inside the TensorFlow.js interpreter. `nhwc` marks a rank-4 feature map held channels-last for speed;
 * `shape` reasoning, axes and attributes always mean the NCHW ("plain") view. Use `call.plain` / `call.channelsLast` to
 * convert.
 */
export interface Value {
  readonly tensor: Tensor<Rank>
  readonly layout: 'plain' | 'nhwc'
}

export interface ForwardCall {
  readonly tf: TensorFlow
  readonly layer: Layer
  readonly attributes: Readonly<Record<string, AttributeValue>>
  readonly inputs: readonly Value[]
  /** Parameter tensors in ONNX layout (convolution weights OIHW), by slot. */
  readonly parameters: Readonly<Record<string, Tensor>>
  readonly training: boolean
  plain(value: Value): Tensor
  channelsLast(value: Value): Tensor
  /**
   * A derived form of a frozen parameter (such as a transposed kernel), computed once and kept; recomputed every step
   * while trainable.
   */
  derived(slot: string, form: string, compute: (parameter: Tensor) => Tensor): Tensor
  /**
   * BatchNormalization with batch statistics reports the new running values here; the trainer stores them after the
   * step.
   */
  updateParameter(slot: string, value: Tensor): void
  /** Seed for random operators, different every step. */
  readonly seed: number
}

export interface OnnxCall {
  readonly layer: Layer
  readonly attributes: Readonly<Record<string, AttributeValue>>
  readonly inputs: readonly string[]
  /** Initialiser names by slot. */
  readonly parameters: Readonly<Record<string, string>>
  readonly output: string
  /** Input and output shapes, batch axis included as given by the writer. */
  readonly inputShapes: readonly Shape[]
  readonly outputShape: Shape
  /** Adds an int64 constant initialiser and returns its name. */
  integers(name: string, values: readonly number[]): string
  /** Adds a float32 constant initialiser and returns its name. */
  floats(name: string, shape: Shape, values: readonly number[]): string
}

export interface OnnxNode {
  readonly operator: string
  readonly domain?: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes?: Readonly<Record<string, AttributeValue>>
}
