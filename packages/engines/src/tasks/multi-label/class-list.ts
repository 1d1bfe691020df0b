import { EngineError } from '../../engine.js'
import type { Label } from '../task.js'

/** The classes that a label lists. Throws EngineError for the label of a task with one class per image. */
export function classList(label: Label): readonly number[] {
  if (typeof label !== 'number') return label
  throw new EngineError(
    `A label is the number ${label}, but a network for several classes per image expects the list of an image's classes.`,
    'Choose data with such labels, or a head that tells classes apart.',
  )
}
