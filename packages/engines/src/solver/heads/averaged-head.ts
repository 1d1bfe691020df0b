import { foldIn } from '../features/fold-in.js'
import {
  answersOf,
  averageOf,
  type Model,
  type ModelAverage,
  modelOf,
  type RegressionTask,
  sumOf,
} from './model-average.js'
import { everyRow } from '../matrix/row-matrix.js'
import type { Candidate, HeadProblem, LinearHead } from './solve-head.js'
import { createRegressionSpaces } from '../features/regression-space.js'
import { measureStandard, standardised } from '../features/standardise.js'

export interface AveragedProblem
  extends RegressionTask,
    Pick<
      HeadProblem,
      'features' | 'columns' | 'groups' | 'softness' | 'gains' | 'folds' | 'scoreOf' | 'hits' | 'breathe' | 'onProgress'
    > {
  /** May a row have several classes, or none? */
  readonly several: boolean
}

/** A head of least squares: how steeply its logits rise with the regression's answers is its one setting. */
export interface AveragedHead extends LinearHead {
  readonly sharpness: number
}

/** From answers that are nearly even to nearly sure ones. */
export const sharpnesses = Array.from({ length: 14 }, (_, index) => 2 ** (index / 2))
/** Taken where nothing can be compared. */
const usual = 8
/** A model that counts less than so much is not worth its folds. */
const negligible = 1e-3

/**
 * Regression of the classes on standardised features times the gain of their group, averaged over all gains and
 * penalties by how well each explains the training rows. No choice is made, so none can go wrong: with a few dozen
 * images the best of a cross-validation is mostly luck. Every part of the average is linear, so it is one linear head.
 * Cross-validation settles only how sure its answers are.
 */
export async function solveAveraged(problem: AveragedProblem): Promise<AveragedHead> {
  const { classes, gains, rows, columns } = problem
  const standard = measureStandard(problem.features, rows, columns, problem)
  const features = standardised(problem.features, rows, standard, classes)
  const spaces = createRegressionSpaces(features, problem.groups, classes)
  const models: Model[] = []
  for (const those of gains) {
    await problem.breathe?.()
    models.push(modelOf(problem, spaces.open(those)))
  }
  const average = averageOf(problem, models, everyRow(features))
  const counts = average.shares.map(sumOf)
  const chosen = (gains[0] ?? []).map((_, group) =>
    sumOf(gains.map((those, index) => (those[group] ?? 1) * (counts[index] ?? 0))),
  )
  const worthIt = models.filter((_, index) => (counts[index] ?? 0) > negligible)
  const candidates = await compare(problem, worthIt, chosen)
  const comparable = candidates.filter(({ loss }) => Number.isFinite(loss))
  const sharpness = comparable.length === 0 ? usual : leastLoss(comparable).setting
  const { weight, bias } = headOf(problem, models, average)
  const middle = middleOf(problem)
  return {
    ...foldIn(
      weight.map((value) => value * sharpness),
      bias.map((value) => (value - middle) * sharpness),
      standard,
    ),
    ...standard,
    sharpness,
    gains: chosen,
    candidates,
  }
}

/** The answer that stands for "as likely as not", where every class is told from its absence. */
const middleOf = ({ several }: Pick<AveragedProblem, 'several'>): number => (several ? 0.5 : 0)

const leastLoss = (candidates: readonly Candidate[]): Candidate =>
  candidates.reduce((least, candidate) => (candidate.loss < least.loss ? candidate : least))

/** The average as one head on standardised features. */
function headOf(
  { classes, columns }: AveragedProblem,
  models: readonly Model[],
  { fits, shares }: ModelAverage,
): { readonly weight: Float64Array; readonly bias: Float64Array } {
  const weight = new Float64Array(classes * columns)
  const bias = new Float64Array(classes)
  models.forEach(({ space }, index) => {
    const mean = fits[index]!.mean(shares[index]!)
    space.toFeatures(mean.weight).forEach((value, place) => {
      weight[place]! += value
    })
    mean.bias.forEach((value, c) => {
      bias[c]! += value
    })
  })
  return { weight, bias }
}

/** Loss and hits of every sharpness on the rows of a fold, by what the others teach. */
async function compare(
  problem: AveragedProblem,
  models: readonly Model[],
  gains: readonly number[],
): Promise<readonly Candidate[]> {
  const { rows, classes, folds, scoreOf, hits, breathe, onProgress } = problem
  const names = [...new Set(folds)]
  if (names.length < 2) return []
  const middle = middleOf(problem)
  const sums = sharpnesses.map((setting) => ({ setting, gains, loss: 0, hitRate: 0 }))
  for (const [index, fold] of names.entries()) {
    await breathe?.()
    const inside = everyRow(problem).filter((row) => folds[row] === fold)
    const outside = everyRow(problem).filter((row) => folds[row] !== fold)
    const answers = answersOf(averageOf(problem, models, outside), models, inside, classes)
    const score = scoreOf(inside)
    for (const sum of sums) {
      const logits = answers.map((value) => (value - middle) * sum.setting)
      sum.loss += (score(logits, new Float64Array(logits.length)) * inside.length) / rows
      sum.hitRate += hits(inside, logits) / rows
    }
    onProgress?.(index + 1, names.length)
  }
  return sums
}
