import {
  accuracy,
  argmax,
  balancedAccuracy,
  calibration,
  confusionMatrix,
  crossEntropy,
  macroF1,
  softmax,
  topKAccuracy,
} from '../../metrics/index.js'
import type { Metric } from '../metric.js'
import type { Outputs } from '../task.js'

/** Answers beside the truth. */
export interface ClassAnswers extends Outputs {
  /** True classes. */
  readonly labels: Int32Array
  /** Classes answered. */
  readonly predictions: Int32Array
  readonly confusion: readonly (readonly number[])[]
}

export function classAnswers({ values, width }: Outputs, labels: Int32Array): ClassAnswers {
  const predictions = argmax(values, width)
  return { values, width, labels, predictions, confusion: confusionMatrix(labels, predictions, width) }
}

const share = { better: 'higher', format: 'percent' } as const

/** In the order in which people want to read them. `loss` is plain cross-entropy. */
export const singleLabelMetrics: readonly Metric<ClassAnswers>[] = [
  { name: 'accuracy', title: 'Accuracy', ...share, measure: ({ confusion }) => accuracy(confusion) },
  {
    name: 'balancedAccuracy',
    title: 'Balanced accuracy',
    ...share,
    note: 'every class counts the same',
    measure: ({ confusion }) => balancedAccuracy(confusion),
  },
  {
    name: 'macroF1',
    title: 'Macro F1',
    ...share,
    note: 'mean of the F1 of all classes',
    measure: ({ confusion }) => macroF1(confusion),
  },
  {
    name: 'top5',
    title: 'Top 5',
    ...share,
    note: 'the truth is among the five best answers',
    evaluationOnly: true,
    measure: ({ values, labels, width }) => (width > 5 ? topKAccuracy(values, labels, width, 5) : null),
  },
  {
    name: 'loss',
    title: 'Loss',
    better: 'lower',
    format: 'number',
    note: 'mean cross-entropy',
    measure: ({ values, labels, width }) => crossEntropy(values, labels, width),
  },
  {
    name: 'calibrationError',
    title: 'Calibration error',
    better: 'lower',
    format: 'percent',
    note: 'gap between how sure and how right',
    evaluationOnly: true,
    measure: ({ values, labels, width }) => calibration(softmax(values, width), labels, width).error,
  },
]
