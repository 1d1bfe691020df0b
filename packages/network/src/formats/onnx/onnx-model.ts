import type { AttributeValue } from '../../network.js'
import type { OnnxTensor, OnnxTensorType } from './onnx-tensor.js'

/**
 * An ONNX model file as plain data: what `encodeOnnxModel` writes and `decodeOnnxModel` reads (onnx.proto3, IR version
 * 3 to 10).
 */
export interface OnnxModel {
  readonly irVersion: number
  readonly producerName: string
  readonly producerVersion: string
  readonly docString: string
  readonly opsetImports: readonly OnnxOpset[]
  /** `metadata_props`, free text by key. */
  readonly metadata: Readonly<Record<string, string>>
  readonly graph: OnnxGraph
}

/** `domain` is empty for the standard operators. */
export interface OnnxOpset {
  readonly domain: string
  readonly version: number
}

export interface OnnxGraph {
  readonly name: string
  readonly nodes: readonly OnnxModelNode[]
  readonly initializers: readonly OnnxTensor[]
  /** Initialisers of text, by name: class labels. Read only. */
  readonly texts?: Readonly<Record<string, readonly string[]>>
  readonly inputs: readonly OnnxValueInfo[]
  readonly outputs: readonly OnnxValueInfo[]
}

export interface OnnxModelNode {
  readonly name: string
  readonly operator: string
  /** Empty for the standard operators. */
  readonly domain: string
  /** Value names; an empty string is an optional input left out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, OnnxAttribute>>
}

export type OnnxAttribute =
  | { readonly kind: 'float' | 'int'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'floats' | 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensor'; readonly value: OnnxTensor }
  /**
   * Read only: graphs (control flow), sparse tensors, types and references to function attributes are recognised, not
   * represented.
   */
  | { readonly kind: 'unsupported'; readonly value: string }

export interface OnnxValueInfo {
  readonly name: string
  /** Element type, or null when the value isn't a tensor (a sequence, a map) or its type isn't given. */
  readonly type: OnnxTensorType | null
  /** Fixed sizes as numbers, symbolic ones by name (`?` when unnamed); null when the rank isn't given. */
  readonly shape: readonly (number | string)[] | null
}

/** Attributes that are floats in the standard operators; every other number in `AttributeValue` form is an integer. */
const floatAttributes = new Set([
  'alpha',
  'beta',
  'gamma',
  'epsilon',
  'momentum',
  'ratio',
  'lambd',
  'bias',
  'scales',
  'extrapolation_value',
  'cubic_coeff_a',
  'mean',
  'scale',
  'high',
  'low',
  'value_float',
  'value_floats',
  'min',
  'max',
  'activation_alpha',
  'activation_beta',
  'clip',
  'spatial_scale',
  'norm_coefficient',
  'norm_coefficient_post',
])

/**
 * Types plain attribute values by name as the standard operators declare them (`epsilon` is a float, `axis` an integer,
 * `mode` text).
 */
export function typedAttributes(attributes: Readonly<Record<string, AttributeValue>>): Record<string, OnnxAttribute> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, typedAttribute(name, value)]))
}

function typedAttribute(name: string, value: AttributeValue): OnnxAttribute {
  const float = floatAttributes.has(name)
  if (typeof value === 'string') return { kind: 'string', value }
  if (typeof value === 'boolean') return { kind: 'int', value: value ? 1 : 0 }
  if (typeof value === 'number') return { kind: float ? 'float' : 'int', value }
  return { kind: float ? 'floats' : 'ints', value }
}
