import { crossValidate, type Validated } from '../validation/cross-validate.js'
import { fitLogistic, type LogisticSolution } from '../logistic/logistic.js'
import type { RowLoss } from '../logistic/logistic-problem.js'
import { penaltiesFor } from '../logistic/penalties.js'
import { everyRow } from '../matrix/row-matrix.js'
import type { FeatureGroup } from '../features/gains.js'
import { createSpaces } from '../features/space.js'
import { largestCount } from '../matrix/spectrum.js'
import { foldIn } from '../features/fold-in.js'
import { measureStandard, standardised } from '../features/standardise.js'

export interface HeadProblem {
  /** `[rows, columns]`, one row per sample, as the features come. */
  readonly features: Float32Array
  readonly rows: number
  readonly columns: number
  readonly classes: number
  /** Columns that get the same gain, in order, all of them together. */
  readonly groups: readonly FeatureGroup[]
  /** How features are brought to one size (see `StandardOptions`). */
  readonly softness: number
  /** Gains of the groups to choose from; one is taken as it is. */
  readonly gains: readonly (readonly number[])[]
  /** Penalties to choose from, largest first; one is taken as it is. Null: eight that suit the features. */
  readonly penalties: readonly number[] | null
  /** Fold of every row, for choosing. */
  readonly folds: Int32Array
  /** About the second derivative of the loss by a logit. */
  readonly curvature: number
  /** The loss that is minimised over these rows. */
  readonly lossOf: (rows: Int32Array) => RowLoss
  /** The loss that choices are compared by: the mean over these rows. */
  readonly scoreOf: (rows: Int32Array) => RowLoss
  /** How many of these rows the logits get right: told, not chosen by. */
  readonly hits: (rows: Int32Array, logits: Float64Array) => number
  readonly breathe?: (() => Promise<void>) | undefined
  /** Heads solved so far, and in all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
  /** Told the objective after every iteration of the last one. */
  readonly onIteration?: ((objective: number) => void) | undefined
}

/** What a choice came to on samples that its heads had not seen. */
export interface Candidate extends Validated {
  /** The penalty, or what else a method chooses. */
  readonly setting: number
  readonly gains: readonly number[]
}

/** A linear head, and what was chosen for it. */
export interface LinearHead {
  /** `[classes, columns]` and `[classes]`, for features as they come: the standardisation is folded in. */
  readonly weight: Float64Array
  readonly bias: Float64Array
  /** Mean of every feature, and what it was divided by. */
  readonly means: Float64Array
  readonly deviations: Float64Array
  readonly gains: readonly number[]
  /** All that were compared; empty where there was nothing to choose. */
  readonly candidates: readonly Candidate[]
}

export interface SolvedHead
  extends LinearHead,
    Pick<LogisticSolution, 'objective' | 'gradientNorm' | 'iterations' | 'converged'> {
  readonly penalty: number
}

const maxIterations = 5000
/** Weights within a ten thousandth of the optimum. */
const within = { distance: 1e-4 }

/**
 * The optimum of penalised logistic regression on standardised features times the gain of their group: the mean loss
 * plus `penalty / 2` times the squared weights, biases free. In scikit-learn (with softness 0): `StandardScaler`, then
 * `LogisticRegression(C=1 / (penalty * rows))`. Where there is a choice of penalties or gains, cross-validation makes
 * it, with one standardisation for all folds: statistics of features tell nothing of the labels.
 */
export async function solveHead(problem: HeadProblem): Promise<SolvedHead> {
  const { rows, columns, classes, groups, gains } = problem
  const standard = measureStandard(problem.features, rows, columns, problem)
  const features = standardised(problem.features, rows, standard, Math.max(classes, largestCount))
  const spaces = createSpaces(features, groups, classes)
  const { best, candidates } = await choose(problem, (index) => spaces.open(gains[index] ?? []))
  const space = spaces.open(best.gains)
  const solution = await fitLogistic(
    {
      matrix: space.matrix,
      spectrum: space.spectrum,
      rows: everyRow(features),
      classes,
      loss: problem.lossOf(everyRow(features)),
      curvature: problem.curvature,
      penalty: best.setting,
    },
    { within, maxIterations, breathe: problem.breathe, onIteration: problem.onIteration },
  )
  problem.onProgress?.(headsOf(problem), headsOf(problem))
  const { objective, gradientNorm, iterations, converged, parameters } = solution
  const biases = parameters.slice(classes * space.matrix.columns)
  const folded = foldIn(space.toFeatures(parameters), biases, standard)
  return {
    ...folded,
    ...standard,
    objective,
    gradientNorm,
    iterations,
    converged,
    penalty: best.setting,
    gains: best.gains,
    candidates,
  }
}

async function choose(
  problem: HeadProblem,
  open: (gains: number) => ReturnType<ReturnType<typeof createSpaces>['open']>,
): Promise<{ readonly best: Pick<Candidate, 'gains' | 'setting'>; readonly candidates: readonly Candidate[] }> {
  const { gains, penalties, classes, folds, curvature, lossOf, scoreOf, hits, breathe, onProgress } = problem
  const [only = []] = gains
  const given = penalties?.length === 1 ? penalties[0] : undefined
  if (gains.length === 1 && given !== undefined) return { best: { gains: only, setting: given }, candidates: [] }
  // With one fold nothing can be compared: a penalty from the middle.
  if (new Set(folds).size < 2) {
    const grid = penalties ?? penaltiesFor(open(0).matrix, gridSize)
    return { best: { gains: only, setting: grid[grid.length >> 1] ?? 1 }, candidates: [] }
  }
  const candidates: Candidate[] = []
  const total = headsOf(problem)
  let done = 0
  for (const [index, those] of gains.entries()) {
    const { matrix, spectrum } = open(index)
    const grid = penalties ?? penaltiesFor(matrix, gridSize)
    const validated = await crossValidate({
      matrix,
      spectrum,
      classes,
      folds,
      penalties: grid,
      curvature,
      lossOf,
      scoreOf,
      hits,
      breathe,
      onFit: () => onProgress?.(++done, total),
    })
    validated.forEach((came, place) => candidates.push({ setting: grid[place] ?? 0, gains: those, ...came }))
  }
  const best = candidates.reduce((least, candidate) => (candidate.loss < least.loss ? candidate : least))
  return { best, candidates }
}

const gridSize = 8

/** Heads that are solved in all: for the choice, and the last one. */
function headsOf({ gains, penalties, folds }: HeadProblem): number {
  const choices = gains.length * (penalties?.length ?? gridSize)
  const count = new Set(folds).size
  return 1 + (choices === 1 || count < 2 ? 0 : choices * count)
}
