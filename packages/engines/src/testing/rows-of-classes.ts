import { createRandom } from '@graft/network'
import { multiLabel, singleLabel, type Task } from '../tasks/index.js'
import { rowLosses } from '../training/solve/row-losses.js'
import type { MeansProblem } from '../solver/index.js'

/** How many rows of how many features; the first `noise` of them are a stage that tells nothing of the classes. */
export interface RowsOfClasses {
  readonly rows: number
  readonly columns: number
  readonly noise?: number
  /** Any number of three classes for a row instead of one. */
  readonly several: boolean
}

/** Rows of three classes for tests of heads: each around the sum of its classes' centres, in two stages. */
export function rowsOfClasses(
  seed: number,
  { rows, columns, noise = 0, several }: RowsOfClasses,
): {
  problem: Omit<MeansProblem, 'groups' | 'gains'>
  own: (row: number) => readonly number[]
  task: Task
  labels: (number | number[])[]
} {
  const random = createRandom(seed)
  const centres = Float64Array.from({ length: 3 * columns }, () => 4 * random() - 2)
  const labels = Array.from({ length: rows }, (_, row) => (several ? [0, 1, 2].filter(() => random() < 0.4) : row % 3))
  const own = (row: number): readonly number[] => [labels[row]!].flat()
  const features = Float32Array.from({ length: rows * columns }, (_, place) => {
    const [row, k] = [Math.floor(place / columns), place % columns]
    if (k < noise) return 6 * random()
    return own(row).reduce((sum, c) => sum + centres[c * columns + k]!, 0) + random() + 5
  })
  const task: Task = several ? multiLabel : singleLabel
  const problem = {
    features,
    rows,
    columns,
    classes: 3,
    softness: 1,
    folds: Int32Array.from({ length: rows }, (_, row) => Math.floor(row / 3) % 4),
    scoreOf: rowLosses(task, labels, 3, { labelSmoothing: 0 }),
    hits: (chosen: Int32Array, logits: Float64Array) =>
      task.hits(
        { values: logits, width: 3 },
        Array.from(chosen, (row) => labels[row]!),
      ),
    classesOf: own,
    several,
  }
  return { problem, labels, own, task }
}

/** Logits `[rows, 3]` of a linear head on the features of a problem. */
export const linearLogits = (
  { features, rows, columns }: Pick<MeansProblem, 'features' | 'rows' | 'columns'>,
  { weight, bias }: { readonly weight: Float64Array; readonly bias: Float64Array },
): Float64Array =>
  Float64Array.from({ length: rows * 3 }, (_, place) => {
    const [row, c] = [Math.floor(place / 3), place % 3]
    let sum = bias[c]!
    for (let k = 0; k < columns; k++) sum += weight[c * columns + k]! * features[row * columns + k]!
    return sum
  })
