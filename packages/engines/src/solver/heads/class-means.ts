import { everyRow } from '../matrix/row-matrix.js'
import type { Candidate, HeadProblem, LinearHead } from './solve-head.js'
import { foldIn } from '../features/fold-in.js'
import { measureStandard, standardised } from '../features/standardise.js'

export interface MeansProblem
  extends Pick<
    HeadProblem,
    | 'features'
    | 'rows'
    | 'columns'
    | 'classes'
    | 'groups'
    | 'softness'
    | 'gains'
    | 'folds'
    | 'scoreOf'
    | 'hits'
    | 'breathe'
  > {
  /** Classes of a row. */
  readonly classesOf: (row: number) => readonly number[]
  /** May a row have several classes, or none? Then each is told from its absence. */
  readonly several: boolean
}

/** A head of class means: how steeply its logits fall with the distance is its one setting. */
export interface MeansHead extends LinearHead {
  readonly sharpness: number
}

/** From answers that are nearly even to nearly sure ones. */
const sharpnesses = Array.from({ length: 12 }, (_, index) => 10 ** (index / 4))

/**
 * Every row to the class whose mean is nearest, on standardised features times the gain of their group: logits
 * `sharpness / size * (x . mean - |mean|² / 2)`, which are linear in `x`; `size` is the mean square of a row. Sharpness
 * and gains are those with the least loss in cross-validation; with one fold the middle sharpness and the first gains.
 */
export async function solveMeans(problem: MeansProblem): Promise<MeansHead> {
  const { rows, columns, classes, groups, gains } = problem
  const standard = measureStandard(problem.features, rows, columns, problem)
  const { values } = standardised(problem.features, rows, standard, classes)
  const candidates: (Candidate & { readonly size: number })[] = []
  for (const those of gains) {
    await problem.breathe?.()
    const factors = factorsOf(groups, those, columns)
    const size = meanSquare(values, rows, factors)
    candidates.push(...validate(problem, values, factors, size).map((came) => ({ ...came, gains: those, size })))
  }
  const compared = new Set(problem.folds).size > 1
  const best = compared
    ? candidates.reduce((least, candidate) => (candidate.loss < least.loss ? candidate : least))
    : candidates[sharpnesses.length >> 1]
  if (!best) throw new Error('There are no gains to choose from.')
  const factors = factorsOf(groups, best.gains, columns)
  const { weight, bias } = headOf(problem, values, factors, everyRow({ rows }))
  const steep = best.setting / best.size
  return {
    ...foldIn(
      weight.map((value, place) => value * steep * (factors[place % columns] ?? 1)),
      bias.map((value) => value * steep),
      standard,
    ),
    ...standard,
    sharpness: best.setting,
    gains: best.gains,
    candidates: compared
      ? candidates.map(({ setting, gains: tried, loss, hitRate }) => ({ setting, gains: tried, loss, hitRate }))
      : [],
  }
}

function factorsOf(groups: MeansProblem['groups'], gains: readonly number[], columns: number): Float64Array {
  const factors = new Float64Array(columns)
  groups.forEach(({ from, to }, group) => factors.fill(gains[group] ?? 1, from, to))
  return factors
}

function meanSquare(values: Float64Array, rows: number, factors: Float64Array): number {
  let sum = 0
  for (let place = 0; place < values.length; place++) sum += (values[place]! * factors[place % factors.length]!) ** 2
  return sum / rows || 1
}

/** Loss and hits of every sharpness on the rows of a fold, by the means of the others. */
function validate(
  { rows, classes, folds, scoreOf, hits, ...problem }: MeansProblem,
  values: Float64Array,
  factors: Float64Array,
  size: number,
): Omit<Candidate, 'gains'>[] {
  const sums = sharpnesses.map((setting) => ({ setting, loss: 0, hitRate: 0 }))
  const all = everyRow({ rows })
  for (const fold of new Set(folds)) {
    const inside = all.filter((row) => folds[row] === fold)
    const outside = all.filter((row) => folds[row] !== fold)
    if (outside.length === 0) continue
    const head = headOf({ ...problem, classes }, values, factors, outside)
    const plain = logitsOf(head, values, factors, inside)
    const score = scoreOf(inside)
    for (const sum of sums) {
      const logits = plain.map((logit) => (logit * sum.setting) / size)
      sum.loss += (score(logits, new Float64Array(logits.length)) * inside.length) / rows
      sum.hitRate += hits(inside, logits) / rows
    }
  }
  return sums
}

interface Means {
  /** `[classes, columns]`, for features times their factors. */
  readonly weight: Float64Array
  readonly bias: Float64Array
}

/** By the means of these rows; a class without any has a mean of 0, that of all rows. */
function headOf(
  { columns, classes, classesOf, several }: Pick<MeansProblem, 'columns' | 'classes' | 'classesOf' | 'several'>,
  values: Float64Array,
  factors: Float64Array,
  rows: Int32Array,
): Means {
  const sums = new Float64Array(classes * columns)
  const total = new Float64Array(columns)
  const counts = new Float64Array(classes)
  for (const row of rows) {
    const own = classesOf(row)
    for (const c of own) counts[c]!++
    for (let k = 0; k < columns; k++) {
      const value = values[row * columns + k]! * factors[k]!
      total[k]! += value
      for (const c of own) sums[c * columns + k]! += value
    }
  }
  const bias = new Float64Array(classes)
  const weight = new Float64Array(classes * columns)
  for (let c = 0; c < classes; c++)
    for (let k = 0; k < columns; k++) {
      const place = c * columns + k
      const mean = sums[place]! / Math.max(1, counts[c]!)
      const rest = several ? (total[k]! - sums[place]!) / Math.max(1, rows.length - counts[c]!) : 0
      weight[place] = mean - rest
      bias[c]! -= (mean ** 2 - rest ** 2) / 2
    }
  return { weight, bias }
}

function logitsOf(
  { weight, bias }: Means,
  values: Float64Array,
  factors: Float64Array,
  rows: Int32Array,
): Float64Array {
  const [classes, columns] = [bias.length, factors.length]
  const logits = new Float64Array(rows.length * classes)
  rows.forEach((row, i) => {
    for (let c = 0; c < classes; c++) {
      let sum = bias[c]!
      for (let k = 0; k < columns; k++) sum += weight[c * columns + k]! * values[row * columns + k]! * factors[k]!
      logits[i * classes + c] = sum
    }
  })
  return logits
}
