import type { Network, TensorData, Tensors } from '../network.js'
import type { ModelFiles } from './model-files.js'

/**
 * A format of weight files: all that the rest of Graft knows about it. One folder per format, one line in
 * `formats/index.ts`; file browser, Load Backbone, Export Model, uploads, messages and docs follow from the list.
 */
export type Format = NetworkFormat | WeightsFormat

interface FormatFacts {
  /** Short and stable: it stands in graphs (Export Model's `format`) and in file names. */
  readonly id: string
  /** As it is called in a sentence: "ONNX model". */
  readonly title: string
  /** Endings of its files' names, in lower case, with the dot. */
  readonly extensions: readonly string[]
  /** Whether such an ending belongs to this format alone; `.json` doesn't, so those files are looked into. */
  readonly nameTells: boolean
  /** Whether a file is of this format, by its first bytes (`headBytes` of them at most), whatever it is called. */
  recognises(head: Uint8Array): boolean
  /** Whether a file of this name only goes on with another one (the second shard), which is the one to read. */
  continues?(name: string): boolean
  /**
   * Names of the files that reading the file `name` reads or looks for, itself first: what has to be there, and what a
   * cache has to watch. Reads no weights.
   */
  parts(files: ModelFiles, name: string): Promise<readonly string[]>
  /** The ways in which Graft writes it, its usual one first; absent: it is only read. */
  readonly writers?: readonly FormatWriter[]
}

/** A format that says what the network computes. */
export interface NetworkFormat extends FormatFacts {
  readonly kind: 'network'
  /**
   * Reads the file `name` and what belongs to it. The network is validated (see `finishNetwork`). Throws FormatError
   * naming layer and operator for anything that can't be represented.
   */
  read(files: ModelFiles, name: string): Promise<LoadedNetwork>
}

/** A format that holds tensors by name; the network comes from an architecture (see `bindWeights`). */
export interface WeightsFormat extends FormatFacts {
  readonly kind: 'weights'
  /** Reads names and shapes, not values. Throws FormatError when the file is damaged. */
  open(files: ModelFiles, name: string): Promise<WeightsFile>
}

/** An opened file of weights. */
export interface WeightsFile {
  readonly shapes: ReadonlyMap<string, readonly number[]>
  /** Free text by key. */
  readonly metadata: Readonly<Record<string, string>>
  /** One tensor, as float32 in memory of its own. Throws FormatError when there is none of this name. */
  read(name: string): Promise<TensorData>
}

/** A way to write a network: one choice of Export Model and of `graft convert`. */
export interface FormatWriter {
  /** Short and stable: it stands in graphs. */
  readonly id: string
  /** As it is called in a sentence: "ONNX model in half precision". */
  readonly title: string
  /** With the dot. */
  readonly extension: string
  /** What it is for, one sentence for Export Model's form and docs. */
  readonly description: string
  /** Whether only a network with a classifier can be written. */
  readonly needsClassifier: boolean
  /** Whether Graft reads the same network with the same weights from the file again. */
  readonly comesBack: boolean
  /** It writes a state dict for a model of torchvision, timm or transformers. */
  readonly stateDict?: true
  /** What runs its files, where that can be here; null: Graft's own reader. */
  readonly runtime: 'onnxruntime' | 'tensorflow.js' | null
  /** What goes into a file when it runs: prepared values, or images as they are decoded. */
  readonly takes: 'values' | 'images'
  /** Largest difference of a probability that is usual. */
  readonly tolerance: number
  /** Whether it needs `measure`. */
  readonly measures?: boolean
  /** The bytes of the file. Throws NetworkError when weights are missing. */
  write(network: Network, tensors: Tensors, options?: WriteOptions): Promise<Uint8Array>
}

/** The operator that makes probabilities of logits. */
export interface OutputActivation {
  readonly operator: string
  readonly attributes: Readonly<Record<string, number>>
}

/** Between what bounds values lie, and how large they are on average in each channel (axis 1). */
export interface ValueRange {
  readonly min: number
  readonly max: number
  readonly means?: readonly number[]
}

/** Runs a network on images and gives the ranges of values by name: its input's, its layers'. */
export type MeasureRanges = (
  network: Network,
  tensors: Tensors,
  names: readonly string[],
) => Promise<ReadonlyMap<string, ValueRange>>

export interface WriteOptions {
  /** Of the task that the network has learned; default: Softmax over the classes. Formats without outputs leave it out. */
  readonly activation?: OutputActivation
  /** For formats that have to know how large values become (`measures`). */
  readonly measure?: MeasureRanges
  /** Goes into the file as free text by key, such as the graph document that made the model under `graft.document`. */
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * A network read from a file, with its float32 weights. Parameter sources in it are `{kind:'blob', blob:'', tensor:
 * name}` until stored.
 */
export interface LoadedNetwork {
  readonly network: Network
  readonly tensors: Tensors
}

/** How many bytes of a file are read to recognise its format. */
export const headBytes = 65_536

/** Whether a file of this name may be of the format. */
export function isNamedLike(format: Pick<Format, 'extensions'>, name: string): boolean {
  const lower = name.toLowerCase()
  return format.extensions.some((extension) => lower.endsWith(extension))
}
