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
    kind: 'evaluation',
    top1: correct / count,
    top5: width > 5 ? topKAccuracy(values, labels, width, 5) : null,
    accuracyInterval: wilsonInterval(correct, count),
    macroF1: macroF1(confusion),
    balancedAccuracy: balancedAccuracy(confusion),
    loss: crossEntropy(values, labels, width),
    calibrationError: error,
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
    detail,
    rows: Array.from(labels, (label, row) => {
      const prediction = predictions[row] ?? 0
      return { label, prediction, probability: probabilities[row * width + prediction] ?? 0 }
    }),
    losses: crossEntropyPerRow(values, labels, width),
    summary: summaryOf(detail, count),
  }
}

function summaryOf(
  detail: {
    readonly top1: number
    readonly accuracyInterval: readonly [number, number]
    readonly macroF1: number
    readonly calibrationError: number
  },
  count: number,
): string {
  const percent = (value: number): string => (100 * value).toFixed(1)
  const [low, high] = detail.accuracyInterval
  return `${percent(detail.top1)} % of ${count} right (95 % interval ${percent(low)} to ${percent(high)}), macro-F1 ${percent(detail.macroF1)} %, calibration error ${percent(detail.calibrationError)} %.`
}
