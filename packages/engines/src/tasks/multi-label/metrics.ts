import type { Head } from '@graft/network'
import { averagePrecision, binaryCrossEntropy, finiteMean, type LabelCounts, labelCounts } from '../../metrics/index.js'
import type { Metric } from '../metric.js'
import type { Outputs, Prediction } from '../task.js'
import { decodeMultiLabel } from './decode.js'

/** Answers beside the truth, with the head's thresholds. */
export interface LabelAnswers extends Outputs {
  /** True classes of every image. */
  readonly labels: readonly (readonly number[])[]
  /** The answer for every image, with its probabilities. */
  readonly decoded: readonly Prediction[]
  /** Classes answered. */
  readonly predictions: readonly (readonly number[])[]
  /** Hits, true and answered, by class. */
  readonly counts: readonly LabelCounts[]
}

export function labelAnswers(outputs: Outputs, labels: readonly (readonly number[])[], head: Head): LabelAnswers {
  const decoded = decodeMultiLabel(outputs, head)
  const predictions = decoded.map(({ chosen }) => chosen)
  return { ...outputs, labels, decoded, predictions, counts: labelCounts(labels, predictions, outputs.width) }
}

const share = { better: 'higher', format: 'percent' } as const

/**
 * In the order in which people want to read them. Mean average precision is the mean over the classes that some image
 * has; macro F1 over those that are true or predicted anywhere. `loss` is plain binary cross-entropy, the mean over
 * images and classes.
 */
export const multiLabelMetrics: readonly Metric<LabelAnswers>[] = [
  {
    name: 'meanAveragePrecision',
    title: 'Mean average precision',
    ...share,
    note: 'how well each class ranks the images, mean of all classes',
    measure: (answers) => finiteMean(averagePrecisions(answers, answers.labels)),
  },
  {
    name: 'macroF1',
    title: 'Macro F1',
    ...share,
    note: 'mean of the F1 of all classes, at their thresholds',
    measure: ({ counts }) => finiteMean(counts.map(f1Of)) || 0,
  },
  {
    name: 'microF1',
    title: 'Micro F1',
    ...share,
    note: 'F1 of all answers together, class by class',
    measure: ({ counts }) => f1Of(counts.reduce(sumOf)) || 0,
  },
  {
    name: 'subsetAccuracy',
    title: 'All classes right',
    ...share,
    note: 'images with no class missed or added',
    measure: ({ labels, predictions }) =>
      labels.filter((label, row) => sameClasses(label, predictions[row] ?? [])).length / labels.length,
  },
  {
    name: 'loss',
    title: 'Loss',
    better: 'lower',
    format: 'number',
    note: 'mean binary cross-entropy',
    measure: ({ values, labels, width }) => binaryCrossEntropy(values, labels, width),
  },
]

/** Average precision of every class; NaN for those that no image has. */
export function averagePrecisions({ values, width }: Outputs, labels: readonly (readonly number[])[]): number[] {
  return Array.from({ length: width }, (_, index) =>
    averagePrecision(
      labels.map((__, row) => values[row * width + index] as number),
      labels.map((label) => label.includes(index)),
    ),
  )
}

/** F1 from counts; NaN where a class is neither true nor predicted. */
function f1Of({ hits, support, predicted }: LabelCounts): number {
  return support + predicted === 0 ? Number.NaN : (2 * hits) / (support + predicted)
}

const sumOf = (a: LabelCounts, b: LabelCounts): LabelCounts => ({
  hits: a.hits + b.hits,
  support: a.support + b.support,
  predicted: a.predicted + b.predicted,
})

/** Are two lists without repetition the same set? */
export const sameClasses = (first: readonly number[], second: readonly number[]): boolean =>
  first.length === second.length && first.every((index) => second.includes(index))
