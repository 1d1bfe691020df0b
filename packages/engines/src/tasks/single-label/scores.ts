import { accuracy, argmax, balancedAccuracy, confusionMatrix, crossEntropy, macroF1 } from '../../metrics/index.js'
import type { MetricDescription, Outputs } from '../task.js'

export const singleLabelMetrics: readonly MetricDescription[] = [
  { name: 'accuracy', title: 'Accuracy', better: 'higher', format: 'percent' },
  { name: 'macroF1', title: 'Macro F1', better: 'higher', format: 'percent' },
  { name: 'balancedAccuracy', title: 'Balanced accuracy', better: 'higher', format: 'percent' },
  { name: 'loss', title: 'Loss', better: 'lower', format: 'number' },
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
