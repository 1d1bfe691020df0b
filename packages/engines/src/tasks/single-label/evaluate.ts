import type { Head } from '@graft/network'
import {
  argmax,
  balancedAccuracy,
  calibration,
  classScores,
  confusionMatrix,
  crossEntropy,
  crossEntropyPerRow,
  macroF1,
  mostConfused,
  softmax,
  topKAccuracy,
  wilsonInterval,
} from '../../metrics/index.js'
import type { Evaluation, Outputs } from '../task.js'

/** Every number that Evaluate reports of a network that tells classes apart; pure. */
export function evaluateSingleLabel({ values, width }: Outputs, labels: Int32Array, { names }: Head): Evaluation {
  const count = labels.length
  const probabilities = softmax(values, width)
  const predictions = argmax(values, width)
  const confusion = confusionMatrix(labels, predictions, width)
  const correct = confusion.reduce((sum, row, index) => sum + (row[index] ?? 0), 0)
  const { error, bins } = calibration(probabilities, labels, width)
  const detail = {
    kind: 'single-label-evaluation',
    calibrationBins: bins,
    confusion,
    perClass: classScores(confusion).map(({ support, precision, recall, f1 }, index) => ({
      name: names[index] ?? String(index),
      support,
      precision,
      recall,
      f1,
    })),
    mostConfused: mostConfused(confusion),
  }
  return {
    values: {
      accuracy: correct / count,
      balancedAccuracy: balancedAccuracy(confusion),
      macroF1: macroF1(confusion),
      ...(width > 5 && { top5: topKAccuracy(values, labels, width, 5) }),
      loss: crossEntropy(values, labels, width),
      calibrationError: error,
    },
    intervals: { accuracy: wilsonInterval(correct, count) },
    detail,
    rows: Array.from(labels, (label, row) => {
      const prediction = predictions[row] ?? 0
      return { label, prediction, probability: probabilities[row * width + prediction] ?? 0 }
    }),
    losses: crossEntropyPerRow(values, labels, width),
  }
}
