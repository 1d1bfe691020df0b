import type { Network, Tensors } from '@graft/network'
import type { Engine } from '../../engine.js'
import type { FitCheckpoints } from './checkpoint.js'
import type { ImageSource } from '../data/image-source.js'
import type { MetricPoint, ValidationScores } from '../scores/scores.js'
import type { TrainSettingsInput } from '../settings/index.js'

export type { MetricPoint, ValidationScores } from '../scores/scores.js'

/** What `fit` needs to train a network. */
export interface FitOptions {
  readonly network: Network
  /** Values of every parameter of the network (see `loadTensors`); never changed. */
  readonly tensors: Tensors
  /** `forward` runs the frozen prefix, `training` steps the rest. */
  readonly engines: {
    readonly forward: Engine
    readonly training: Engine
    /** Who takes over what the two can't do, in this order. */
    readonly fallback?: readonly Engine[]
  }
  readonly train: ImageSource
  readonly validation?: ImageSource
  /** Parsed by `trainSettings`; what is left out gets its default. */
  readonly settings: TrainSettingsInput
  /** Directory of the feature cache; absent: features are kept in memory, as far as they fit. */
  readonly cacheDirectory?: string
  /** Most bytes of features kept in memory where there is a directory; default 256 MiB. */
  readonly memoryBytes?: number
  readonly signal?: AbortSignal
  readonly onEvent?: (event: FitEvent) => void
  /** Saves the state of the run at intervals and takes it up again, exactly. */
  readonly checkpoint?: FitCheckpoints
  /** What the caller was asked for, in its own terms: passed on to engines that take over and know the caller. */
  readonly request?: unknown
}

export type FitEvent = FitProgress | FitMetric | FitLog

export interface FitProgress {
  readonly type: 'progress'
  readonly done: number
  readonly total: number
  /** `images` while features are computed, `steps` while training. */
  readonly unit: 'images' | 'steps'
  /** Images in one step, on average over an epoch. */
  readonly imagesPerUnit?: number
  readonly etaSeconds: number | null
}

export type FitMetric = MetricPoint & { readonly type: 'metric' }

export interface FitLog {
  readonly type: 'log'
  readonly level: 'info' | 'warning'
  readonly message: string
}

/** How much of the network was run once instead of stepped. */
export interface PrefixReport {
  readonly layers: number
  /** Layer whose value is what the suffix trains on; null when nothing could be split off. */
  readonly boundary: string | null
  /** Features found in the cache, computed in this run, and bytes of both; 0 when the prefix ran on the fly. */
  readonly cached: number
  readonly computed: number
  readonly bytes: number
}

/** How a head came about that was computed at once. */
export interface SolverReport {
  /** What was chosen, or given: the penalty of the solver, or how steeply class means and neighbours answer. */
  readonly setting: { readonly name: 'penalty' | 'sharpness'; readonly value: number }
  /** How much each stage counts that the head reads, from the first to the last; empty: it reads one. */
  readonly stages: readonly { readonly stage: string; readonly weight: number }[]
  /** What the choice came to on training images that its heads had not seen; null: nothing was compared. */
  readonly validated: { readonly loss: number; readonly hitRate: number } | null
  /** What was compared, by the mean loss on training images that their heads had not seen; empty: nothing. */
  readonly candidates: readonly { readonly value: number; readonly loss: number; readonly hitRate: number }[]
  /** Of the solver; null: class means and neighbours have none. */
  readonly optimum: {
    readonly iterations: number
    readonly gradientNorm: number
    /** The loss and the penalty on the weights, together. */
    readonly objective: number
    readonly converged: boolean
  } | null
}

export interface FitResult {
  /** The network, where the method put another head into it; absent: the one that was given. */
  readonly network?: Network
  /**
   * Every parameter of the whole network; the best epoch's when `restoreBest`. Frozen ones are the arrays that were
   * passed in.
   */
  readonly tensors: Tensors
  readonly curves: readonly MetricPoint[]
  /** Epoch (from 1) of the best validation metric; the last epoch when there is no validation set. */
  readonly bestEpoch: number
  readonly stoppedEarly: boolean
  readonly epochsRun: number
  /** Of the whole call, feature computation included; a resumed run adds what went before. */
  readonly seconds: number
  /** Training images times epochs, per second of the above. */
  readonly imagesPerSecond: number
  readonly prefix: PrefixReport
  /** Who trained: the engine asked for, or the one that stood in for it. */
  readonly engine: string
  readonly validation: ValidationScores | null
  /** The epochs whose weights the result is the mean of; absent: it is one epoch's. */
  readonly joinedEpochs?: readonly number[]
  /** What helped it along, a sentence each; absent: nothing. */
  readonly aids?: readonly string[]
  /** Of a head that was solved instead of trained step by step. */
  readonly solver?: SolverReport
}
