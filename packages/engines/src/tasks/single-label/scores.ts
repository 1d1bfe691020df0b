import { accuracy, argmax, balancedAccuracy, confusionMatrix, crossEntropy, macroF1 } from '../../metrics/index.js'
import type { MetricDescription, Outputs } from '../task.js'

const share = { better: 'higher', format: 'percent' } as const

/** Top 5 and the calibration error are measured by an evaluation only. */
export const singleLabelMetrics: readonly MetricDescription[] = [
  { name: 'accuracy', title: 'Accuracy', ...share },
  { name: 'balancedAccuracy', title: 'Balanced accuracy', ...share, note: 'every class counts the same' },
  { name: 'macroF1', title: 'Macro F1', ...share, note: 'mean of the F1 of all classes' },
  { name: 'top5', title: 'Top 5', ...share, note: 'the truth is among the five best answers' },
  { name: 'loss', title: 'Loss', better: 'lower', format: 'number', note: 'mean cross-entropy' },
  {
    name: 'calibrationError',
    title: 'Calibration error',
    better: 'lower',
    format: 'percent',
    note: 'gap between how sure and how right',
  },
]

/** Scores of logits against true classes. `loss` is plain cross-entropy. */
export function singleLabelScores({ values, width }: Outputs, classes: Int32Array): Readonly<Record<string, number>> {
  const confusion = confusionMatrix(classes, argmax(values, width), width)
  return {
    accuracy: accuracy(confusion),
    macroF1: macroF1(confusion),
    balancedAccuracy: balancedAccuracy(confusion),
    loss: crossEntropy(values, classes, width),
  }
}
