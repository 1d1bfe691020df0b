import { EngineError } from '../../engine.js'
import { argmax, softmax } from '../../metrics/index.js'
import { describeMetrics, measureAll } from '../metric.js'
import type { Label, Outputs, Prediction, Task } from '../task.js'
import { evaluateSingleLabel } from './evaluate.js'
import { classAnswers, singleLabelMetrics } from './metrics.js'
import { softTargets } from './soft-targets.js'
import { focalSoftmax } from './focal-softmax.js'
import { softmaxCrossEntropy } from './softmax-cross-entropy.js'

/** Every image is of exactly one class: softmax and cross-entropy. A label is the index of the class, -1 if unknown. */
export const singleLabel: Task = {
  id: 'single-label',
  title: 'One class per image',
  metrics: describeMetrics(singleLabelMetrics),
  primary: 'accuracy',
  curves: ['loss', 'accuracy', 'macroF1'],
  hitRate: 'accuracy',
  activation: { operator: 'Softmax', attributes: { axis: -1 } },
  several: false,
  loss: softmaxCrossEntropy,
  focalLoss: focalSoftmax,
  accepts: (label, outputs) => Number.isInteger(label) && (label as number) >= 0 && (label as number) < outputs,
  classesOf: (label) => (classOf(label) >= 0 ? [classOf(label)] : []),
  balancedWeights(counts) {
    // n / (classes present * count), as in scikit-learn. 1 without images only matters to label smoothing.
    const total = counts.reduce((sum, count) => sum + count, 0)
    const present = counts.filter((count) => count > 0).length
    return counts.map((count) => (count === 0 ? 1 : total / (present * count)))
  },
  targets: (labels, outputs, options) => ({
    shape: [labels.length, outputs],
    data: softTargets(labels.map(classOf), outputs, options),
  }),
  hits: ({ values, width }, labels) =>
    argmax(values, width).reduce((sum, prediction, row) => sum + (prediction === labels[row] ? 1 : 0), 0),
  score: (outputs, labels) => measureAll(singleLabelMetrics, classAnswers(outputs, classesOf(labels)), 'epoch'),
  decode: (outputs) => decode(outputs),
  evaluate: (outputs, labels, head) => evaluateSingleLabel(outputs, classesOf(labels), head),
}

function classOf(label: Label): number {
  if (typeof label === 'number') return label
  throw new EngineError(
    `A label is the list [${label.join(', ')}], but a network that tells classes apart expects one class per image.`,
    'Choose data with one label per image, or a head for several.',
  )
}

const classesOf = (labels: ArrayLike<Label>): Int32Array => Int32Array.from(labels, classOf)

function decode({ values, width }: Outputs): readonly Prediction[] {
  const probabilities = softmax(values, width)
  return Array.from(argmax(values, width), (chosen, row) => ({
    probabilities: Array.from(probabilities.subarray(row * width, (row + 1) * width)),
    chosen: [chosen],
  }))
}
