import { classifierHead, type Head, type Network } from '@graft/network'
import { findTask, type Label, type Outputs, type Task } from '../../tasks/index.js'
import type { ValidationScores } from './scores.js'

/** What a network has learned or is to learn, and the head that it does so with. */
export function taskOf(network: Pick<Network, 'head'>): { readonly task: Task; readonly head: Head } {
  const head = network.head ?? classifierHead([])
  return { task: findTask(head.task), head }
}

/** The task's metrics of a network's outputs, with a head that the task has settled on the same images. */
export function scoresOf(task: Task, head: Head, outputs: Outputs, labels: ArrayLike<Label>): ValidationScores {
  const settled = task.settle?.(head, outputs, labels) ?? head
  return { count: labels.length, values: task.score(outputs, labels, settled), head: settled }
}
