import { createRandom, deriveSeed } from '@graft/network'
import {
  type HeadProblem,
  type LinearHead,
  solveAveraged,
  solveHead,
  solveMeans,
  stratifiedFolds,
  usualSoftness,
} from '../../solver/index.js'
import type { Label } from '../../tasks/index.js'
import type { FitPlan } from '../plan/plan-fit.js'
import { createProgress } from '../plan/progress.js'
import { refuseTooMany } from './limits.js'
import type { ReadFeatures } from './read-features.js'
import { curvatureOf, rowLosses } from './row-losses.js'
import type { Solvable } from './solvable.js'
import type { Choice } from './solve-report.js'

const foldCount = 5
/**
 * Where stages are weighted, the powers of their weights to choose from: the last stage alone, more and less difference
 * between stages than was set, and none.
 */
const powers = [Infinity, 2, 1, 0.5, 0]

/**
 * The head by the method that is set: the optimum of the penalised logistic regression, an average of least squares, or
 * class means. Throws EngineError when least squares would take too long.
 */
export async function computeHead(
  plan: FitPlan,
  part: Solvable,
  features: ReadFeatures,
  labels: readonly Label[],
  onIteration: (iteration: number, objective: number) => void,
): Promise<LinearHead & Choice> {
  const { task, classes, settings, host, emit } = plan
  const problem = { ...problemOf(plan, part, features, labels), folds: foldsOf(plan, labels) }
  if (settings.method === 'classMeans') {
    const head = await solveMeans({
      ...problem,
      several: task.several,
      classesOf: (row) => task.classesOf(labels[row] as Label),
    })
    return { ...head, setting: { name: 'sharpness', value: head.sharpness }, optimum: null }
  }
  if (settings.method === 'leastSquares') return averagedHead(plan, problem, labels)
  let iteration = 0
  const head = await solveHead({
    ...problem,
    penalties: settings.penalty > 0 ? [settings.penalty] : null,
    curvature: curvatureOf(task, classes),
    lossOf: rowLosses(task, labels, classes, plan.targets),
    onProgress: createProgress(host, 'steps', 0, emit),
    onIteration: (value) => {
      iteration += 1
      onIteration(iteration, value)
    },
  })
  const { penalty, iterations, gradientNorm, objective, converged } = head
  return {
    ...head,
    setting: { name: 'penalty', value: penalty },
    optimum: { iterations, gradientNorm, objective, converged },
  }
}

async function averagedHead(
  { host, task, settings, options, emit }: FitPlan,
  problem: ReturnType<typeof problemOf> & { readonly folds: Int32Array },
  labels: readonly Label[],
): Promise<LinearHead & Choice> {
  refuseTooMany('leastSquares', problem)
  const head = await solveAveraged({
    ...problem,
    several: task.several,
    classesOf: (row) => task.classesOf(labels[row] as Label),
    views: problem.rows / options.train.count,
    penalties: settings.penalty > 0 ? [settings.penalty] : null,
    onProgress: createProgress(host, 'steps', 0, emit),
  })
  return { ...head, setting: { name: 'sharpness', value: head.sharpness }, optimum: null }
}

/** What every method reads of features and labels. */
export function problemOf(
  plan: FitPlan,
  part: Solvable,
  { values, rows }: ReadFeatures,
  labels: readonly Label[],
): Pick<
  HeadProblem,
  'features' | 'rows' | 'columns' | 'classes' | 'groups' | 'softness' | 'gains' | 'scoreOf' | 'hits' | 'breathe'
> {
  const { task, classes, breathe } = plan
  return {
    features: values,
    rows,
    columns: part.columns,
    classes,
    groups: part.groups,
    softness: usualSoftness,
    gains: gainsOf(plan, part),
    scoreOf: rowLosses(task, labels, classes, { labelSmoothing: 0 }),
    hits: (chosen, logits) =>
      task.hits(
        { values: logits, width: classes },
        Array.from(chosen, (row) => labels[row] as Label),
      ),
    breathe,
  }
}

/** All in one fold where no class has two images to tell apart: then nothing can be compared. */
function foldsOf({ options: { train }, task, settings }: FitPlan, labels: readonly Label[]): Int32Array {
  const items = labels.map((label, row) => ({
    group: train.key(row % train.count, 0),
    classes: task.classesOf(label),
  }))
  const groups = new Map<number, Set<string>>()
  for (const { group, classes } of items)
    for (const name of classes) groups.set(name, (groups.get(name) ?? new Set()).add(group))
  const most = Math.max(0, ...[...groups.values()].map(({ size }) => size))
  if (most < 2) return new Int32Array(labels.length)
  return stratifiedFolds(items, foldCount, createRandom(deriveSeed(settings.seed, 'folds')))
}

/** How much each stage counts: as the network says; where the penalty is chosen, with a choice of powers of that. */
function gainsOf({ options, settings }: FitPlan, { groups, standardise }: Solvable): readonly (readonly number[])[] {
  const scale = standardise && options.tensors.get(standardise.parameters['scale'] ?? '')
  const own = groups.map(({ from }) => scale?.data[from] ?? 1)
  const largest = Math.max(...own)
  if (settings.penalty > 0 || own.every((gain) => gain === largest)) return [own]
  // In JavaScript one to the power of infinity is no number.
  return powers.map((power) => own.map((gain) => (gain === largest ? gain : largest * (gain / largest) ** power)))
}
