import type { Label, Task } from './task.js'

/** Images of each class; one with several classes counts for each of them, one without a label for none. */
export function countLabels(task: Pick<Task, 'classesOf'>, labels: Iterable<Label>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0)
  for (const label of labels) for (const index of task.classesOf(label)) counts[index] = (counts[index] ?? 0) + 1
  return counts
}
