import { EngineError } from '../engine.js'
import { multiLabel } from './multi-label/index.js'
import { singleLabel } from './single-label/index.js'
import type { Task } from './task.js'

export * from './class-weights.js'
export * from './count-labels.js'
export type * from './task.js'
export { multiLabel, singleLabel }

/** Every task. A new one is a folder here and a line in this list. */
export const tasks: readonly Task[] = [singleLabel, multiLabel]

/** The task of that name; throws EngineError when this version of Graft has none of it. */
export function findTask(id: string): Task {
  const found = tasks.find((task) => task.id === id)
  if (found) return found
  throw new EngineError(
    `There is no task "${id}". This version of Graft learns ${tasks.map((task) => task.id).join(', ')}.`,
    'A newer one may know more.',
  )
}
