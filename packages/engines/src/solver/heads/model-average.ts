import { regress, regressionPenalties, type Regressions } from './least-squares.js'
import type { HeadProblem } from './solve-head.js'
import type { RegressionSpace } from '../features/regression-space.js'
import { timesWeights } from '../matrix/row-matrix.js'

/** What regressions explain. */
export interface RegressionTask extends Pick<HeadProblem, 'rows' | 'classes' | 'penalties'> {
  /** Classes of a row. */
  readonly classesOf: (row: number) => readonly number[]
  /** Rows of every image: views of one tell as much as one. */
  readonly views: number
}

/** One choice of gains, and where it is solved under all penalties. */
export interface Model {
  readonly space: RegressionSpace
  /** `[rows, classes]`: 1 where a row is of the class. */
  readonly targets: Float64Array
  readonly penalties: readonly number[]
}

/** The given penalties are those of the mean loss, as the solver's; a regression's count against the sum. */
export function modelOf({ rows, classes, classesOf, penalties }: RegressionTask, space: RegressionSpace): Model {
  const targets = new Float64Array(rows * classes)
  for (let row = 0; row < rows; row++) for (const c of classesOf(row)) targets[row * classes + c] = 1
  const given = penalties?.map((penalty) => penalty * rows)
  return { space, targets, penalties: given ?? regressionPenalties(space.square) }
}

/** Regressions of some rows by every model, and how much every penalty of every model counts; 1 together. */
export interface ModelAverage {
  readonly fits: readonly Regressions[]
  readonly shares: readonly (readonly number[])[]
}

/** Weighs models by their evidence on these rows (Bayesian model averaging; Hoeting et al. 1999). */
export function averageOf(task: RegressionTask, models: readonly Model[], rows: Int32Array): ModelAverage {
  const fits = models.map(({ space, targets, penalties }) =>
    regress(space, rows, targets, task.classes, penalties, task.views),
  )
  const most = Math.max(...fits.flatMap(({ evidence }) => evidence))
  const raw = fits.map(({ evidence }) => evidence.map((value) => Math.exp(value - most)))
  const total = sumOf(raw.flat())
  return { fits, shares: raw.map((those) => those.map((value) => value / total)) }
}

/** What the average answers for rows, `[asked, classes]`: about the probability of each class. */
export function answersOf(
  { fits, shares }: ModelAverage,
  models: readonly Model[],
  asked: Int32Array,
  classes: number,
): Float64Array {
  const answers = new Float64Array(asked.length * classes)
  const own = new Float64Array(answers.length)
  models.forEach(({ space: { matrix } }, index) => {
    const { weight, bias } = fits[index]!.mean(shares[index]!)
    timesWeights(matrix, asked, weight, classes, own)
    for (let place = 0; place < own.length; place++) answers[place]! += own[place]! + bias[place % classes]!
  })
  return answers
}

export const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
