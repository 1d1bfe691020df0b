import { describeMetrics, measureAll } from '../metric.js'
import type { Label, Outputs, Task } from '../task.js'
import { classList } from './class-list.js'
import { decodeMultiLabel } from './decode.js'
import { evaluateMultiLabel } from './evaluate.js'
import { focalSigmoid } from './focal-sigmoid.js'
import { labelAnswers, multiLabelMetrics } from './metrics.js'
import { sigmoidCrossEntropy } from './sigmoid-cross-entropy.js'
import { multiLabelTargets } from './targets.js'
import { chooseThresholds } from './thresholds.js'

/**
 * An image may be of several classes at once, or of none: one sigmoid and one binary cross-entropy per class. A label is
 * the list of the classes that are in the image.
 */
export const multiLabel: Task = {
  id: 'multi-label',
  title: 'Several classes per image',
  metrics: describeMetrics(multiLabelMetrics),
  primary: 'meanAveragePrecision',
  curves: ['loss', 'meanAveragePrecision', 'macroF1', 'subsetAccuracy'],
  hitRate: 'subsetAccuracy',
  activation: { operator: 'Sigmoid', attributes: {} },
  several: true,
  loss: sigmoidCrossEntropy,
  focalLoss: focalSigmoid,
  accepts: (label, outputs) =>
    Array.isArray(label) &&
    label.every((index: unknown) => Number.isInteger(index) && (index as number) >= 0 && (index as number) < outputs) &&
    new Set(label).size === label.length,
  classesOf: classList,
  // How many images lack a class for each that has it, which is PyTorch's `pos_weight`.
  balancedWeights: (counts, total) => counts.map((count) => (count === 0 ? 1 : Math.max(1, total - count) / count)),
  targets: multiLabelTargets,
  hits,
  settle: (head, outputs, labels) => ({
    ...head,
    thresholds: chooseThresholds(outputs, Array.from(labels, classList)),
  }),
  score: (outputs, labels, head) =>
    measureAll(multiLabelMetrics, labelAnswers(outputs, Array.from(labels, classList), head), 'epoch'),
  decode: decodeMultiLabel,
  evaluate: (outputs, labels, head) => evaluateMultiLabel(outputs, labels.map(classList), head),
}

/** While training nothing is known of thresholds: a class counts as there from a probability of one half. */
function hits({ values, width }: Outputs, labels: readonly Label[]): number {
  return labels.filter((label, row) => {
    const there = new Set(classList(label))
    for (let index = 0; index < width; index++)
      if ((values[row * width + index] as number) >= 0 !== there.has(index)) return false
    return true
  }).length
}
