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
} from '@graft/engines'
import type { Sample, SplitName } from '@graft/graph-schema'
import type { EvaluationDetail } from '../../sdk/values.js'

export interface EvaluationInput {
  readonly title: string
  readonly split: SplitName
  readonly classNames: readonly string[]
  readonly samples: readonly Sample[]
  /** Row-major `[samples, classes]`. */
  readonly logits: Float32Array
}

/** Indices and losses of the images that the network got most wrong, worst first. */
export interface WorstImage {
  readonly index: number
  readonly loss: number
}

export type EvaluationSummary = Omit<EvaluationDetail, 'topLosses'> & { readonly worst: readonly WorstImage[] }

/** Every number that Evaluate reports, from logits and true labels; pure. */
export function summariseEvaluation(
  { title, split, classNames, samples, logits }: EvaluationInput,
  worstCount = 12,
): EvaluationSummary {
  const classes = classNames.length
  const labels = Int32Array.from(samples, (sample) => sample.label)
  const probabilities = softmax(logits, classes)
  const predictions = argmax(logits, classes)
  const confusion = confusionMatrix(labels, predictions, classes)
  const correct = confusion.reduce((sum, row, index) => sum + (row[index] ?? 0), 0)
  const { error, bins } = calibration(probabilities, labels, classes)
  return {
    kind: 'evaluation',
    title,
    split,
    classNames,
    count: samples.length,
    top1: correct / samples.length,
    top5: classes > 5 ? topKAccuracy(logits, labels, classes, 5) : null,
    accuracyInterval: wilsonInterval(correct, samples.length),
    macroF1: macroF1(confusion),
    balancedAccuracy: balancedAccuracy(confusion),
    loss: crossEntropy(logits, labels, classes),
    calibrationError: error,
    calibrationBins: bins,
    confusion,
    perClass: classScores(confusion).map(({ support, precision, recall, f1 }, index) => ({
      name: classNames[index] ?? String(index),
      support,
      precision,
      recall,
      f1,
    })),
    mostConfused: mostConfused(confusion),
    predictions: samples.map((sample, row) => {
      const prediction = predictions[row] ?? 0
      return {
        id: sample.id,
        label: sample.label,
        prediction,
        probability: probabilities[row * classes + prediction] ?? 0,
      }
    }),
    worst: worstImages(crossEntropyPerRow(logits, labels, classes), worstCount),
  }
}

function worstImages(losses: Float64Array, count: number): WorstImage[] {
  return Array.from(losses, (loss, index) => ({ index, loss }))
    .toSorted((a, b) => b.loss - a.loss || a.index - b.index)
    .slice(0, count)
}
