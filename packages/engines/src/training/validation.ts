import { accuracy, argmax, balancedAccuracy, confusionMatrix, crossEntropy, macroF1 } from '../metrics/index.js'
import type { ValidationMetrics } from './fit-types.js'

/** Metrics of logits `[n, classes]` against their labels. */
export function validationMetrics(logits: Float32Array, labels: Int32Array, classes: number): ValidationMetrics {
  const confusion = confusionMatrix(labels, argmax(logits, classes), classes)
  return {
    count: labels.length,
    loss: crossEntropy(logits, labels, classes),
    accuracy: accuracy(confusion),
    macroF1: macroF1(confusion),
    balancedAccuracy: balancedAccuracy(confusion),
  }
}
