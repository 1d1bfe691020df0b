import type { Head } from '@graft/network'
import { binaryCrossEntropyPerRow, wilsonInterval } from '../../metrics/index.js'
import { measureAll } from '../metric.js'
import type { Evaluation, Outputs } from '../task.js'
import { thresholdsOf } from './decode.js'
import { averagePrecisions, labelAnswers, multiLabelMetrics, sameClasses } from './metrics.js'

/** Every number that Evaluate reports of a network for several classes per image; pure. */
export function evaluateMultiLabel(outputs: Outputs, labels: readonly (readonly number[])[], head: Head): Evaluation {
  const { width, values } = outputs
  const answers = labelAnswers(outputs, labels, head)
  const { predictions, counts, decoded } = answers
  const precisions = averagePrecisions(outputs, labels)
  const thresholds = thresholdsOf(head, width)
  const right = labels.filter((label, row) => sameClasses(label, predictions[row] ?? [])).length
  return {
    values: measureAll(multiLabelMetrics, answers, 'evaluation'),
    intervals: { subsetAccuracy: wilsonInterval(right, labels.length) },
    detail: {
      kind: 'multi-label-evaluation',
      classesPerImage: { truth: meanLength(labels), predicted: meanLength(predictions) },
      perClass: counts.map(({ hits, support, predicted }, index) => ({
        name: head.names[index] ?? String(index),
        support,
        predicted,
        threshold: thresholds[index] ?? 0,
        averagePrecision: precisions[index] ?? Number.NaN,
        precision: ratio(hits, predicted),
        recall: ratio(hits, support),
        f1: ratio(2 * hits, support + predicted),
      })),
      together: togetherness(labels, width),
      confused: confusions(labels, predictions),
    },
    rows: labels.map((label, row) => ({
      label,
      prediction: predictions[row] ?? [],
      probabilities: (decoded[row]?.probabilities ?? []).map((probability) => Number(probability.toFixed(4))),
    })),
    losses: binaryCrossEntropyPerRow(values, labels, width),
  }
}

/** How many images have class i (row) and class j (column); the diagonal counts the images of each class. */
function togetherness(labels: readonly (readonly number[])[], classes: number): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  for (const label of labels)
    for (const first of label)
      for (const second of label) (matrix[first] as number[])[second] = (matrix[first]?.[second] ?? 0) + 1
  return matrix
}

/** Pairs of a class that was missed and one that was seen in its place in the same image, most frequent first. */
function confusions(
  labels: readonly (readonly number[])[],
  predictions: readonly (readonly number[])[],
  limit = 10,
): { truth: number; prediction: number; count: number }[] {
  const counts = new Map<string, { truth: number; prediction: number; count: number }>()
  labels.forEach((label, row) => {
    const predicted = predictions[row] ?? []
    for (const truth of label.filter((index) => !predicted.includes(index)))
      for (const prediction of predicted.filter((index) => !label.includes(index))) {
        const key = `${truth} ${prediction}`
        counts.set(key, { truth, prediction, count: (counts.get(key)?.count ?? 0) + 1 })
      }
  })
  return [...counts.values()]
    .toSorted((a, b) => b.count - a.count || a.truth - b.truth || a.prediction - b.prediction)
    .slice(0, limit)
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)
const meanLength = (lists: readonly (readonly number[])[]): number =>
  lists.reduce((sum, list) => sum + list.length, 0) / Math.max(1, lists.length)
