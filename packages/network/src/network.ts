import type { ValuesRule } from './stored-values.js'
import type { PreprocessingOrigin } from './preprocessing-origin.js'

/**
 * A neural network as plain data: what flows along `model` wires. ONNX operator names and semantics, NCHW layout, one
 * output per layer. Layers are listed in topological order and named; surgery refers to layers by name or stage, never
 * by position.
 */
export interface Network {
  readonly format: 'graft-network'
  readonly version: 1
  readonly name: string
  /**
   * The one input, without the batch axis: an image `[channels, height, width]`; in the suffix that `splitFrozenPrefix`
   * gives, a feature of any rank.
   */
  readonly input: { readonly name: string; readonly shape: readonly number[] }
  readonly layers: readonly Layer[]
  /** Name of the layer whose value is the network's result: logits, or a feature map once the head is stripped. */
  readonly output: string
  readonly parameters: Readonly<Record<string, Parameter>>
  /**
   * Named runs of layers in order; their ends are the legal cut and freeze points. Every layer belongs to exactly one
   * stage.
   */
  readonly stages: readonly Stage[]
  readonly preprocessing: Preprocessing
  /** Where that comes from and whether it is certain; see `originOf`. Absent in networks of Graft 0.1. */
  readonly preprocessingOrigin?: PreprocessingOrigin
  /** What the outputs mean, or null when the network ends in features. */
  readonly head: Head | null
  readonly provenance: Provenance
  /** Layers and shapes only, to be drawn before the weights are here: its values mean nothing. */
  readonly isOutline?: true
}

/** What the outputs mean: the task that they answer, and a name for each of them, in order. */
export interface Head {
  /** Id of a task of `packages/engines/src/tasks`. */
  readonly task: string
  readonly names: readonly string[]
  /** From which probability each class counts as there, for tasks that decide so; chosen on validation images. */
  readonly thresholds?: readonly number[]
}

export interface Layer {
  readonly name: string
  /** ONNX operator name, such as `Conv`; must be in the list of operators. */
  readonly operator: string
  /**
   * Data inputs: layer names, or the network input's name. Parameters are not inputs; they are named in `parameters`.
   */
  readonly inputs: readonly string[]
  /** Slot of the operator (`weight`, `bias`, `scale`, ...) -> key in `Network.parameters`. */
  readonly parameters: Readonly<Record<string, string>>
  readonly attributes: Readonly<Record<string, AttributeValue>>
  /**
   * Of operators that keep running statistics (BatchNormalization). `frozen`: normalise with the stored statistics, which never move. `batch`: batch
   * statistics while training, and the stored ones follow.
   */
  readonly statistics?: 'frozen' | 'batch'
}

export type AttributeValue = number | string | boolean | readonly number[]

export interface Parameter {
  readonly shape: readonly number[]
  readonly trainable: boolean
  readonly source: ParameterSource
}

/** Where a parameter's float32 values come from: a tensor inside a stored safetensors blob, or a seeded initialiser. */
export type ParameterSource =
  | { readonly kind: 'blob'; readonly blob: string; readonly tensor: string }
  | { readonly kind: 'initializer'; readonly initializer: Initializer; readonly seed: number }

export type Initializer =
  | { readonly name: 'zeros' }
  | { readonly name: 'ones' }
  | { readonly name: 'constant'; readonly value: number }
  /** Runs of the same value, one after the other. */
  | { readonly name: 'segments'; readonly segments: readonly { readonly length: number; readonly value: number }[] }
  | { readonly name: 'heNormal' | 'heUniform' | 'glorotUniform' | 'glorotNormal' | 'linear' }
  | { readonly name: 'truncatedNormal'; readonly deviation: number }
  /** Which pairs of a shifted window attend to each other, see `windowMask`; part of the formula, not learned. */
  | { readonly name: 'windowMask'; readonly size: number; readonly window: number; readonly shift: number }

export interface Stage {
  readonly name: string
  /** Layer names of this stage, in order. The last one's value is what a cut after the stage keeps. */
  readonly layers: readonly string[]
}

/**
 * What must be done to an image before the network sees it: `(pixel / 255 - mean) / deviation` per channel, after
 * resizing. Mean and deviation are listed in the network's channel order: blue first when that is `bgr`.
 */
export interface Preprocessing {
  readonly height: number
  readonly width: number
  /** `stretch`: both sides to the size. `crop`: shorter side to `size / cropFraction`, then centre crop. */
  readonly resize: 'stretch' | 'crop'
  readonly cropFraction: number
  readonly interpolation: 'bilinear' | 'bicubic'
  readonly channelOrder: 'rgb' | 'bgr'
  readonly mean: readonly [number, number, number]
  readonly deviation: readonly [number, number, number]
  /** What has to become of stored values before all this, where the images learned from had other than 8-bit ones. */
  readonly values?: ValuesRule
}

export interface Provenance {
  /** Where the weights came from: a path, address, or `embedded:graftnet-64`. */
  readonly source: string
  readonly licence: string | null
  /**
   * Whose names the tensors of its file had (a layout of its architecture), where they are not the parameters': a state
   * dict is written under them again.
   */
  readonly layout?: string
  /** What was done since, one line each, newest last ("cut after stage4", "trained 20 epochs on hymenoptera"). */
  readonly history: readonly string[]
}

/** Float32 values of parameters by name; the only place where numbers live. */
export type Tensors = Map<string, TensorData>
export interface TensorData {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** Finds a blob's bytes by its sha256; throws when it is not there. Given by the artifact store. */
export type ReadBlob = (sha256: string) => Promise<Uint8Array>

/** Reads one tensor of a stored weight file; null when the file has none of this name. */
export type ReadTensor = (blob: string, tensor: string) => Promise<TensorData | null>
