import type { OptimizerSpec } from './optimizers/index.js'
import { GraftError } from '@graft/errors'
import type { Scalar, Tensor } from '@tensorflow/tfjs-core'
import type { Network, ReadBlob, TensorFlow, Tensors } from '@graft/network'

/** `cpu`; a GPU by way of Vulkan, Metal or Direct3D (`webgpu`); an NVIDIA GPU with its own libraries (`cuda`). */
export const engineDevices = ['cpu', 'webgpu', 'cuda'] as const
export type EngineDevice = (typeof engineDevices)[number]

/** One way to execute and train networks, on one device. One folder per engine; listed in `engines.ts`. */
export interface Engine {
  /** What it is called where one is chosen by name; the same on all its devices. */
  readonly id: string
  /** What it computes on. TensorFlow.js counts as `cpu`: it chooses its backend, and with it the device, itself. */
  readonly device: EngineDevice
  /**
   * Does it stand in for others? One that does is always here and is relied on without a trial: it is what runs where
   * nobody chose and nothing was measured, and it takes over where others are missing or fail.
   */
  readonly standsIn: boolean
  /** Only taken, and only started to be asked, where a person names it: another engine here is faster. */
  readonly byNameOnly?: boolean
  /** Taken without measuring where it is available. */
  readonly comesFirst?: boolean
  /** On one machine, do the same network, batches and seed give the same weights, bit for bit? */
  readonly deterministic: boolean
  /** What is available here. Never throws: an engine that can't run says why in `problem`. */
  probe(): Promise<EngineInfo>
  /** Measures itself, repeating each figure so long; absent: it is measured from outside (`measureEngine`). */
  measure?(milliseconds: number): Promise<EngineSpeed>
  /** What can be told without starting it, for lists; absent: `probe` is quick. Never throws. */
  glance?(): Promise<EngineInfo>
  /**
   * What the answer of `probe` depends on, found out without loading the engine (see `rememberProbe`); absent: it is
   * quickly loaded, or always used.
   */
  installed?(): Promise<string>
  /** Prepares forward passes. Throws EngineError when the network can't be executed. */
  forward(network: Network, options: ForwardOptions): Promise<Forward>
  /** Prepares training; throws EngineError when this engine can't train. */
  trainer(network: Network, spec: TrainerSpec): Promise<Trainer>
  /**
   * Bytes that training is expected to need at its peak, with this many images computed at once; absent: this engine
   * doesn't know.
   */
  trainingMemory?(network: Network, images: number, optimizer: OptimizerSpec): number
}

export interface EngineInfo {
  readonly id: string
  readonly available: boolean
  /** Can this engine train, or only run forward passes? */
  readonly trains: boolean
  /** What it found to compute on, in words: `CPU, 2 threads: ...`. */
  readonly hardware: string
  /** The form of the engine that runs here; with id and versions it identifies results. */
  readonly backend: string
  readonly versions: Readonly<Record<string, string>>
  /** What was measured, when asked for by `graft doctor`. */
  readonly speed?: EngineSpeed
  readonly problem?: string
  readonly notes: readonly string[]
}

/**
 * What was measured of an engine: throughput in GFLOP/s, a multiplication with its addition counted as two and a
 * training step as three forward passes; and what a call costs that computes next to nothing, in milliseconds. A
 * throughput of 0 and a missing time: it took too long to be measured.
 */
export interface EngineSpeed {
  /** 3x3 convolution, 64 -> 64 channels at 56x56. */
  readonly convolution: number
  /** 3x3 depthwise convolution, 128 channels at 56x56. */
  readonly depthwise: number
  /** 1024 x 1024 matrix times a batch of 256 vectors. */
  readonly matrixProduct: number
  /** The same in a training step. */
  readonly trainedConvolution?: number
  readonly trainedDepthwise?: number
  readonly trainedMatrixProduct?: number
  /** Parameters that a step changes, in millions per second. */
  readonly trainedParameters?: number
  readonly callMilliseconds?: number
  readonly stepMilliseconds?: number
}

export interface ForwardOptions {
  /** Parameter values by parameter name, all of them (see `loadTensors`). */
  readonly tensors: Tensors
  /** Layers whose values are wanted; default: the network's output only. */
  readonly outputs?: readonly string[]
  /**
   * Will a thousand images or more be computed, eight or more per call? Then a form may be chosen that takes longer
   * to open and is faster from there on.
   */
  readonly many?: boolean
  readonly threads?: number
}

/** A batch of float32 values, row-major; axis 0 is the batch. */
export interface Batch {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

export interface Forward {
  /** Images per call that it is fastest with; absent: no such number is known. Values don't depend on it. */
  readonly batchSize?: number
  /**
   * Runs one batch `[n, c, h, w]` (already preprocessed); n may differ from call to call. Values in NCHW, by layer
   * name.
   */
  run(batch: Batch): Promise<Readonly<Record<string, Batch>>>
  dispose(): Promise<void>
}

export interface TrainerSpec {
  readonly tensors: Tensors
  readonly optimizer: OptimizerSpec
  /** What is minimised, of the task that is learned. */
  readonly loss: Loss
  /**
   * Multiplier on the learning rate by parameter name (stage multipliers and layer decay are resolved into this);
   * default 1.
   */
  readonly learningRateScale?: Readonly<Record<string, number>>
  /** Clip the global gradient norm to this; absent: no clipping. */
  readonly clipNorm?: number
  readonly seed: number
  /**
   * Most images computed at once; the gradients of a larger batch's parts add up to the whole batch's. Absent: no
   * limit. Engines without `trainingMemory` ignore it.
   */
  readonly largestPart?: number
}

export type { OptimizerSpec } from './optimizers/index.js'

/** Writes nodes of an ONNX graph; gives back the names of their values. */
export interface LossGraph {
  add(
    operator: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, number | string | readonly number[]>>,
  ): string
  /** An int64 constant with one axis. */
  integers(values: readonly number[]): string
  /** A float32 constant. */
  floats(shape: readonly number[], values: readonly number[]): string
}

/**
 * What training minimises, for every engine: a function of outputs `[n, outputs]` and dense targets `[n, width]`.
 * Class weights, smoothing and the mean over the batch are in the targets, so that losses and gradients of a batch's
 * parts simply add up.
 */
export interface Loss {
  /** Numbers per row of the targets, for so many outputs. */
  targetWidth(outputs: number): number
  /** Writes the loss (a scalar) and its gradient by the outputs, as ONNX nodes. */
  write(
    graph: LossGraph,
    outputs: string,
    targets: string,
    width: number,
  ): { readonly loss: string; readonly gradient: string }
  /** The same in TensorFlow.js, which differentiates by itself. */
  compute(tf: TensorFlow, outputs: Tensor, targets: Tensor): Scalar
  /** The same in double precision, for the solver: gives the loss, and writes its gradient by the outputs. */
  evaluate(outputs: Float64Array, targets: Float32Array, width: number, gradient: Float64Array): number
}

/** A training session. */
export interface Trainer {
  /**
   * One optimizer step. `targets` are those of the loss, one row per image; `step` counts from 0 over the whole run and
   * seeds dropout.
   */
  step(batch: Batch, targets: Batch, learningRate: number, step: number): Promise<StepResult>
  /** Logits in evaluation mode with the current weights. */
  evaluate(batch: Batch): Promise<Batch>
  /**
   * Gets ready for batches of that size, so that an engine that can't train this network says so (EngineError) before
   * the first image is read.
   */
  prepare?(images: number): Promise<void>
  /** Current values of every parameter of the network, running statistics included; copies. */
  weights(): Promise<Tensors>
  /** Everything an exact resume needs: weights, optimizer slots, step count. */
  state(): Promise<TrainerState>
  restore(state: TrainerState): Promise<void>
  dispose(): Promise<void>
}

export interface TrainerState {
  readonly step: number
  readonly weights: Tensors
  readonly slots: Tensors
}

export interface StepResult {
  readonly loss: number
  readonly logits: Batch
  /** Global gradient norm before clipping. */
  readonly gradientNorm: number
}

/** What an engine is called in messages and records: its id, with the device unless that is the processor. */
export const engineName = ({ id, device }: Pick<Engine, 'id' | 'device'>): string =>
  device === 'cpu' ? id : `${id} on ${device}`

/** What an engine says of itself that can't be used here, and why. */
export const unavailable = ({ id, device }: Pick<Engine, 'id' | 'device'>, problem: string): EngineInfo => ({
  id,
  available: false,
  trains: false,
  hardware: 'none',
  backend: device === 'cpu' ? 'none' : device,
  versions: {},
  problem,
  notes: [],
})

/** An engine could not do what was asked. */
export class EngineError extends GraftError {
  override readonly name = 'EngineError'
  constructor(message: string, fix: string, options?: ErrorOptions) {
    super({ code: 'engine', message, fix }, options)
  }
}

export type { ReadBlob }
