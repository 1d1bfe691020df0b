import type { Head } from '@graft/network'
import type { Batch, Loss } from '../engine.js'

/**
 * The truth about one sample, in the words of its task: single-label, the index of its class (-1: not known);
 * multi-label, the indices of all classes that are in it.
 */
export type Label = number | readonly number[]

/** A number that says how good a network is, and how to show and compare it. */
export interface MetricDescription {
  /** As in records, events and settings: `macroF1`. */
  readonly name: string
  readonly title: string
  readonly better: 'higher' | 'lower'
  readonly format: 'percent' | 'number'
  /** What it means, in a few words. */
  readonly note?: string
}

/** What a network gave for a number of samples: rows of `width` numbers, before the head's activation. */
export interface Outputs {
  readonly values: ArrayLike<number>
  readonly width: number
}

/** How the loss is bent: label smoothing, and one weight per class. */
export interface TargetOptions {
  readonly labelSmoothing: number
  readonly classWeights?: readonly number[]
}

/** The answer for one sample. */
export interface Prediction {
  /** One probability per class, in class order. */
  readonly probabilities: readonly number[]
  /** The classes that the network says are there, likeliest first; single-label: exactly one. */
  readonly chosen: readonly number[]
}

/** All that Evaluate tells of a network, as JSON: the views of report and editor pick it up by `kind`. */
export interface Evaluation {
  /** Every metric of the task that can be measured on these samples, by name. */
  readonly values: Readonly<Record<string, number>>
  /** 95% intervals of metrics, where one is known. */
  readonly intervals: Readonly<Record<string, readonly [number, number]>>
  /** The rest, of a kind that `graph-schema/values/details` lists. */
  readonly detail: { readonly kind: string } & Readonly<Record<string, unknown>>
  /** One per sample, in order: what was true, what was predicted. */
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  /** Loss of each sample, to find the worst. */
  readonly losses: ArrayLike<number>
}

/**
 * What is learned: turns labels into targets, targets into a loss, outputs into scores and answers. One folder per
 * task in `tasks/`, listed in `tasks/index.ts`; nothing else knows what a label means.
 */
export interface Task {
  readonly id: string
  readonly title: string
  /** Every metric that it knows, `loss` included, in the order in which people want to read them. */
  readonly metrics: readonly MetricDescription[]
  /** Name of the metric that stands for all. */
  readonly primary: string
  /** Names of the metrics drawn as validation curves, once an epoch. */
  readonly curves: readonly string[]
  /** The curve of the training images, once an epoch: the share of rows that `hits` counts. */
  readonly hitRate: string
  /** The ONNX operator that turns outputs into probabilities: the last one of an exported network. */
  readonly activation: { readonly operator: string; readonly attributes: Readonly<Record<string, number>> }
  /** May an image be of several classes, or of none? Else it is of exactly one. */
  readonly several: boolean
  readonly loss: Loss
  /**
   * The same for gradient descent, with every term weighted by `(1 - p) ^ gamma` of the probability that it got: focal
   * loss (Lin et al. 2017, arXiv 1708.02002).
   */
  focalLoss(gamma: number): Loss
  /** Is this a label that a network with this many outputs can learn? */
  accepts(label: Label, outputs: number): boolean
  /** The classes that a label names; none when it isn't known. What images are counted and divided by. */
  classesOf(label: Label): readonly number[]
  /** Class weights that make rare classes count as much as frequent ones, from the images of each class and of all. */
  balancedWeights(counts: readonly number[], total: number): readonly number[]
  /** Dense targets of a batch for `loss`. Throws EngineError for labels or weights that don't fit the outputs. */
  targets(labels: readonly Label[], outputs: number, options: TargetOptions): Batch
  /** How many rows are answered entirely right. */
  hits(outputs: Outputs, labels: readonly Label[]): number
  /** Adds to a head what is chosen on validation images, such as thresholds. Absent: nothing is. */
  settle?(head: Head, outputs: Outputs, labels: ArrayLike<Label>): Head
  /** What is measured after every epoch: metrics by name, of the network with this head. `loss` is plain: no weights, no smoothing. */
  score(outputs: Outputs, labels: ArrayLike<Label>, head: Head): Readonly<Record<string, number>>
  /** The answer for each row. */
  decode(outputs: Outputs, head: Head): readonly Prediction[]
  /** The full account of a network on labelled images. */
  evaluate(outputs: Outputs, labels: readonly Label[], head: Head): Evaluation
}
