import type { Shape } from '../../../operator.js'
import type { OnnxModelNode } from '../onnx-model.js'
import { type OnnxTensor, type OnnxTensorType, tensorFloats, tensorValues } from '../onnx-tensor.js'

/**
 * Stands for the batch size while a graph is imported: a prime larger than any real size, so that every shape computed
 * from it (its multiples) is recognised, and reshapes that split or join the batch axis can be written without a number
 * for it.
 */
export const batchMarker = 1_000_003

export type NumberArray = Float32Array | Float64Array

/** A value known at import: weights, and everything computed from weights and shapes alone. */
export interface Constant {
  readonly kind: 'constant'
  readonly type: OnnxTensorType
  readonly shape: Shape
  /** Name of the initialiser (or of the Identity that renames it) it is unchanged from; null for computed ones. */
  readonly origin: string | null
  /**
   * How much the numbers grow from one image of a batch to the next, where a file counts the images: the first one's are
   * held, in an axis of size 1.
   */
  readonly perImage?: number
  /** Where its elements come from, if they are a weight's, moved or picked: the weight, and for every element its place. */
  readonly moved?: () => Moved
  /** How it was computed from weights, if it was: so that a network can compute it while it learns them. */
  readonly computed?: Computed
  /** The axes of a weight in another order: the weight itself, for everything but its name. */
  readonly turned?: true
  /** The elements, row-major; read from the file on first use. Not to be changed. */
  readonly read: () => NumberArray
}

/** The node that computed a constant, and which of its results this is. */
export interface Computed {
  readonly node: OnnxModelNode
  readonly inputs: readonly (GraphValue | null)[]
  readonly opset: number
  readonly output: number
}

/** The weight whose elements a constant has, and the place in it of each. */
export interface Moved {
  readonly weight: Constant
  readonly places: NumberArray
}

/** A value computed by a layer of the network, or the network's input. Axis 0 usually has the size `batchMarker`. */
export interface LayerValue {
  readonly kind: 'layer'
  readonly name: string
  readonly shape: Shape
}

export type GraphValue = Constant | LayerValue

/** 16- and 32-bit floats are held in float32, everything else in doubles (exact for integers up to 2^53). */
export function isFloat(type: OnnxTensorType): boolean {
  return type === 'float32' || type === 'float16' || type === 'bfloat16' || type === 'float64'
}

export function allocate(type: OnnxTensorType, count: number): NumberArray {
  return isFloat(type) && type !== 'float64' ? new Float32Array(count) : new Float64Array(count)
}

export function constant(
  type: OnnxTensorType,
  shape: Shape,
  values: NumberArray,
  origin: string | null = null,
): Constant {
  return { kind: 'constant', type, shape, origin, read: () => values }
}

/** A constant over an initialiser; its elements are converted once, when first read. */
export function constantOfTensor(tensor: OnnxTensor, origin: string | null): Constant {
  let values: NumberArray | undefined
  const compact = isFloat(tensor.type) && tensor.type !== 'float64'
  return {
    kind: 'constant',
    type: tensor.type,
    shape: tensor.shape,
    origin,
    read: () => (values ??= compact ? tensorFloats(tensor) : tensorValues(tensor)),
  }
}

/** The same values under another shape. */
export function reshaped(value: Constant, shape: Shape, origin: string | null = null): Constant {
  return { ...value, shape, origin }
}
