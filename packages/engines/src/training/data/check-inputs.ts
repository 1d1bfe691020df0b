import { inferShapes, type Network } from '@graft/network'
import { EngineError } from '../../engine.js'
import { countLabels, type Task } from '../../tasks/index.js'
import type { ImageSource } from './image-source.js'

export interface CheckedInputs {
  readonly classes: number
  /** Training images per class. */
  readonly counts: readonly number[]
  readonly warnings: string[]
}

/** Looks for everything that makes training pointless before any work is done; throws EngineError with the fix. */
export function checkInputs(
  network: Network,
  task: Task,
  train: ImageSource,
  validation: ImageSource | undefined,
): CheckedInputs {
  const classes = countClasses(network)
  refuseFrozen(network)
  refuseBadLabels('training', task, train, classes)
  if (validation) refuseBadLabels('validation', task, validation, classes)
  const counts = countLabels(task, Array.from(train.labels), classes)
  const without = counts.flatMap((count, index) =>
    count === 0 ? [network.head?.names[index] ?? `class ${index}`] : [],
  )
  const warnings =
    without.length === 0
      ? []
      : [
          `No training images for ${without.join(', ')}: the network can't learn ${without.length === 1 ? 'this class' : 'these classes'}. ` +
            'Add images, or remove the class from the data set.',
        ]
  return { classes, counts, warnings }
}

/** Number of logits; throws EngineError when the network doesn't end in `[batch, classes]`. */
export function countClasses(network: Network): number {
  const shape = inferShapes(network).get(network.output)
  if (shape?.length === 2) return shape[1] as number
  throw new EngineError(
    `${network.name} ends with values of shape [${shape?.join(', ') ?? 'unknown'}] (layer "${network.output}"), not with one number per class.`,
    'Expected a classifier: put an Add Head node before this one.',
  )
}

function refuseFrozen(network: Network): void {
  if (Object.values(network.parameters).some((parameter) => parameter.trainable)) return
  throw new EngineError(
    `Every parameter of ${network.name} is frozen, so there is nothing to train. Expected at least the head to be trainable.`,
    'End the Freeze Range before the head, or add a new head after it.',
  )
}

function refuseBadLabels(which: string, task: Task, source: ImageSource, classes: number): void {
  if (source.count === 0) {
    throw new EngineError(
      `There are no ${which} images. Expected at least one.`,
      `Check the folder and the Split node; files that can't be read are listed in the data set's summary.`,
    )
  }
  if (source.labels.length !== source.count) {
    throw new EngineError(
      `There are ${source.count} ${which} images but ${source.labels.length} labels. Expected one label per image.`,
      'This is a defect of the data source.',
    )
  }
  const wrong = Array.from(source.labels).findIndex((label) => !task.accepts(label, classes))
  if (wrong === -1) return
  throw new EngineError(
    `Image ${wrong} of the ${which} set has the label ${JSON.stringify(source.labels[wrong])}, but the network has ${classes} classes (0 to ${classes - 1}; ${task.title.toLowerCase()}).`,
    'Give the head as many classes as the data set has, and use labelled images only.',
  )
}
