import { EngineError } from '../../engine.js'
import type { TargetOptions } from '../task.js'

/**
 * Target weights `T[n, c]` such that the loss of a batch is `-sum(T * logSoftmax(logits))`, in the definition of
 * PyTorch's
 * `CrossEntropyLoss(weight, label_smoothing, reduction='mean')`: both the label's term and the smoothing term (weighted
 * by each class's own weight) are divided by the summed weights of the batch's labels. Throws EngineError for labels or
 * weights that don't fit the number of classes.
 */
export function softTargets(labels: readonly number[], classes: number, spec: TargetOptions): Float32Array {
  const weights = spec.classWeights ?? new Array<number>(classes).fill(1)
  if (weights.length !== classes) {
    throw new EngineError(
      `There are ${weights.length} class weights, but the network has ${classes} classes.`,
      'Give one weight per class.',
    )
  }
  const weightOf = (label: number): number => {
    const weight = weights[label]
    if (weight === undefined)
      throw new EngineError(
        `A label is ${label}, but the network has ${classes} classes, so labels go from 0 to ${classes - 1}.`,
        'Give the head as many outputs as the data has classes.',
      )
    return weight
  }
  const total = labels.reduce((sum, label) => sum + weightOf(label), 0)
  if (!(total > 0))
    throw new EngineError(
      'The class weights of this batch sum to zero, so its mean loss is undefined.',
      'Give every class a positive weight.',
    )
  const targets = new Float32Array(labels.length * classes)
  labels.forEach((label, row) => {
    for (let column = 0; column < classes; column++) {
      const hard = column === label ? (1 - spec.labelSmoothing) * weightOf(label) : 0
      targets[row * classes + column] = (hard + (spec.labelSmoothing / classes) * weightOf(column)) / total
    }
  })
  return targets
}
