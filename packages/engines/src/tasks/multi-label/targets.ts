import type { Batch } from '../../engine.js'
import { EngineError } from '../../engine.js'
import type { Label, TargetOptions } from '../task.js'
import { classList } from './class-list.js'

/**
 * Target weights `[n, 2 * classes]` of `sigmoidCrossEntropy`: what each class weighs as present, then what it weighs as
 * absent. With them the loss is PyTorch's `binary_cross_entropy_with_logits(logits, y, pos_weight)`, the mean over
 * images and classes, where smoothing makes `y = label * (1 - s) + s / 2` (as in Keras). Throws EngineError for labels
 * or weights that don't fit the number of classes.
 */
export function multiLabelTargets(labels: readonly Label[], classes: number, options: TargetOptions): Batch {
  const weights = options.classWeights ?? new Array<number>(classes).fill(1)
  if (weights.length !== classes) {
    throw new EngineError(
      `There are ${weights.length} class weights, but the network has ${classes} classes.`,
      'Give one weight per class.',
    )
  }
  const data = new Float32Array(labels.length * 2 * classes)
  const share = 1 / (labels.length * classes)
  const absent = options.labelSmoothing / 2
  labels.forEach((label, row) => {
    const there = new Set(classList(label))
    refuseUnknown(there, classes)
    for (let index = 0; index < classes; index++) {
      const truth = there.has(index) ? 1 - absent : absent
      data[row * 2 * classes + index] = truth * (weights[index] as number) * share
      data[row * 2 * classes + classes + index] = (1 - truth) * share
    }
  })
  return { shape: [labels.length, 2 * classes], data }
}

function refuseUnknown(there: ReadonlySet<number>, classes: number): void {
  for (const index of there) {
    if (Number.isInteger(index) && index >= 0 && index < classes) continue
    throw new EngineError(
      `A label names class ${index}, but the network has ${classes} classes, so they go from 0 to ${classes - 1}.`,
      'Give the head as many outputs as the data has classes.',
    )
  }
}
