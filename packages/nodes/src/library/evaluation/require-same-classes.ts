import { findTask } from '@graft/engines'
import type { DatasetValue } from '@graft/graph-schema'
import { NodeError } from '../../sdk/node-error.js'
import type { ModelValue } from '../../sdk/values.js'

/**
 * Refuses a network whose classes aren't those of the images, in the same order: its logits would mean something
 * else.
 */
export function requireSameClasses({ network }: ModelValue, dataset: DatasetValue): void {
  if (network.head === null) {
    throw new NodeError(
      'model',
      `${network.name} has no classifier: its output is a feature map.`,
      'Put Add Head between Strip Head and this node, and train it.',
    )
  }
  const { names: wanted, task } = network.head
  if (task !== dataset.task) {
    throw new NodeError(
      'model',
      `The head of ${network.name} is for ${describe(task)}, the images "${dataset.name}" have labels for ${describe(dataset.task)}.`,
      'Connect the same images to Add Head ("images") as to Train and Evaluate: the head takes its task from them.',
    )
  }
  if (wanted.length === dataset.classNames.length && wanted.every((name, index) => name === dataset.classNames[index]))
    return
  throw new NodeError(
    'model',
    `The network tells ${wanted.length} classes apart (${shorten(wanted)}), the images "${dataset.name}" have ${dataset.classNames.length} (${shorten(dataset.classNames)}).`,
    'Connect the same images to Add Head ("images") as to Train and Evaluate, so that classes and their order agree.',
  )
}

const describe = (task: string): string => findTask(task).title.toLowerCase()

function shorten(names: readonly string[]): string {
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')}, ...`
}
