import type { SplitName } from './ports.js'

/** A file in the content-addressed store. */
export interface BlobReference {
  readonly sha256: string
  readonly bytes: number
  readonly mediaType: string
  /** Suggested file name. */
  readonly name?: string
}

/** One image of a dataset. */
export interface Sample {
  /** Stable id shown to people: path relative to the root, or `similar/robot/17`. */
  readonly id: string
  /** Absolute path on disk, or generator reference; exactly one of the two. */
  readonly path?: string
  readonly generated?: {
    readonly family: string
    readonly classIndex: number
    readonly index: number
    readonly seed: number
    readonly size: number
  }
  /** Index into classNames; -1 when unlabelled (Predict). */
  readonly label: number
  /** Split given by the source's own train/val/test folders. */
  readonly split?: 'train' | 'val' | 'test'
  /** Samples with the same group never land in different splits. */
  readonly group?: string
  /** sha256 of the file's bytes, or of the generator arguments. */
  readonly fingerprint: string
}

/** Value on a `dataset` wire. The sample list is a blob of JSON (`Sample[]`). */
export interface DatasetValue {
  readonly kind: 'dataset'
  readonly split: SplitName
  readonly name: string
  readonly classNames: readonly string[]
  readonly samples: BlobReference
  readonly count: number
  readonly countPerClass: readonly number[]
  /** Augmentations to apply at load time, in order; data, not pixels. */
  readonly transforms: readonly Transform[]
  /** Files that can't be used, each named with its reason. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[]
  readonly provenance: readonly string[]
}

/** One augmentation as data; `name` picks the transform, drawn deterministically from (seed, sample, view). */
export interface Transform {
  readonly name: string
  readonly options: Readonly<Record<string, number | string | boolean | readonly number[]>>
  readonly seed: number
}

/** Value on a `metrics` wire. Further keys are free-form JSON for the report. */
export interface MetricsValue {
  readonly kind: 'metrics'
  readonly split: SplitName
  readonly count: number
  readonly accuracy: number
  readonly macroF1: number
  readonly balancedAccuracy: number
  /** Full detail (per class, confusion matrix, top losses, curves) as a JSON blob. */
  readonly detail: BlobReference
}

export interface FileValue {
  readonly kind: 'file'
  readonly blob: BlobReference
}

export interface ReportValue {
  readonly kind: 'report'
  readonly blob: BlobReference
  readonly title: string
}
