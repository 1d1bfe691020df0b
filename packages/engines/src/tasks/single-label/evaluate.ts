import type { Head } from '@graft/network'
import {
  calibration,
  classScores,
  crossEntropyPerRow,
  mostConfused,
  softmax,
  wilsonInterval,
} from '../../metrics/index.js'
import { measureAll } from '../metric.js'
import type { Evaluation, Outputs } from '../task.js'
import { classAnswers, singleLabelMetrics } from './metrics.js'

/** Every number that Evaluate reports of a network that tells classes apart; pure. */
export function evaluateSingleLabel({ values, width }: Outputs, labels: Int32Array, { names }: Head): Evaluation {
  const count = labels.length
  const answers = classAnswers({ values, width }, labels)
  const { predictions, confusion } = answers
  const probabilities = softmax(values, width)
  const correct = confusion.reduce((sum, row, index) => sum + (row[index] ?? 0), 0)
  const detail = {
    kind: 'single-label-evaluation',
    calibrationBins: calibration(probabilities, labels, width).bins,
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
    values: measureAll(singleLabelMetrics, answers, 'evaluation'),
    intervals: { accuracy: wilsonInterval(correct, count) },
    detail,
    rows: Array.from(labels, (label, row) => {
      const prediction = predictions[row] ?? 0
      return { label, prediction, probability: probabilities[row * width + prediction] ?? 0 }
    }),
    losses: crossEntropyPerRow(values, labels, width),
  }
}
