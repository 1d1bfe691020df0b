import type { RowLoss } from '../../solver/index.js'
import type { Label, TargetOptions, Task } from '../../tasks/index.js'

/**
 * The task's loss over some of the samples, for the solver; where there may be several classes per image it is summed
 * over the classes, so that each is a regression of its own with the same penalty however many there are.
 */
export function rowLosses(
  task: Pick<Task, 'targets' | 'loss' | 'several'>,
  labels: readonly Label[],
  classes: number,
  options: TargetOptions,
): (rows: Int32Array) => RowLoss {
  return (rows) => {
    const { data } = task.targets(
      Array.from(rows, (row) => labels[row] as Label),
      classes,
      options,
    )
    const targets = task.several ? data.map((value) => value * classes) : data
    return (logits, gradient) => task.loss.evaluate(logits, targets, classes, gradient)
  }
}

/** The second derivative of the loss by a logit where nothing is known yet, about. */
export function curvatureOf({ several }: Pick<Task, 'several'>, classes: number): number {
  return several ? 1 / 4 : (classes - 1 || 1) / classes ** 2
}
