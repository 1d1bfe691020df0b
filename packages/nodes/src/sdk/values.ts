import type { BlobReference, MetricsValue, SplitName } from '@graft/graph-schema'
import type { Network } from '@graft/network'

/** Value on a `model` wire: a plan. Weights live in the blobs that its parameters name. */
export interface ModelValue {
  readonly kind: 'model'
  readonly network: Network
}

/** A point of a curve, as in `metric` events. */
export interface CurvePoint {
  readonly name: string
  readonly split: SplitName
  readonly phase: string
  readonly epoch: number
  readonly step: number
  readonly value: number
}

/** sha256 over the float32 bytes of one parameter (or running statistic), before and after training. */
export interface FreezeProofEntry {
  readonly parameter: string
  readonly statistic: boolean
  readonly before: string
  readonly after: string
  readonly identical: boolean
}

/** Detail blob of the metrics that Train gives. */
export interface TrainingDetail {
  readonly kind: 'training'
  readonly title: string
  readonly phase: string
  readonly curves: readonly CurvePoint[]
  readonly settings: Readonly<Record<string, unknown>>
  readonly classNames: readonly string[]
  readonly epochs: number
  readonly bestEpoch: number
  readonly stoppedEarly: boolean
  readonly seconds: number
  readonly imagesPerSecond: number
  readonly engine: string
  /** What was frozen and run once, what was stepped, how many cached features were reused. */
  readonly prefix: {
    readonly layers: number
    readonly boundary: string | null
    readonly cached: number
    readonly computed: number
    readonly bytes: number
  }
  readonly trainableParameters: number
  readonly totalParameters: number
  /** Every frozen parameter and every frozen batch-norm statistic of the network. */
  readonly freezeProof: readonly FreezeProofEntry[]
  /** sha256 over all parameters after training. */
  readonly weightsHash: string
}

export interface ClassScore {
  readonly name: string
  readonly support: number
  readonly precision: number
  readonly recall: number
  readonly f1: number
}

export interface TopLoss {
  readonly id: string
  readonly label: number
  readonly prediction: number
  readonly probability: number
  readonly loss: number
  /** Small JPEG. */
  readonly thumbnail: BlobReference
}

/** Detail blob of the metrics that Evaluate gives. */
export interface EvaluationDetail {
  readonly kind: 'evaluation'
  readonly title: string
  readonly split: SplitName
  readonly classNames: readonly string[]
  readonly count: number
  readonly top1: number
  readonly top5: number | null
  readonly accuracyInterval: readonly [number, number]
  readonly macroF1: number
  readonly balancedAccuracy: number
  readonly loss: number
  readonly calibrationError: number
  readonly calibrationBins: readonly {
    readonly low: number
    readonly high: number
    readonly count: number
    readonly confidence: number
    readonly accuracy: number
  }[]
  /** Rows: true class; columns: predicted class. */
  readonly confusion: readonly (readonly number[])[]
  readonly perClass: readonly ClassScore[]
  readonly mostConfused: readonly { readonly truth: number; readonly prediction: number; readonly count: number }[]
  readonly topLosses: readonly TopLoss[]
  /** Predicted class of every image, by sample id: for paired comparison of runs. */
  readonly predictions: readonly {
    readonly id: string
    readonly label: number
    readonly prediction: number
    readonly probability: number
  }[]
}

export type MetricsDetail = TrainingDetail | EvaluationDetail
export type { MetricsValue }
