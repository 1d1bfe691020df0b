import { createRandom, deriveSeed, partUpTo, type Tensors } from '@graft/network'
import { type Candidate, solveHead, type SolvedHead, stratifiedFolds } from '../../solver/index.js'
import type { Label } from '../../tasks/index.js'
import type { FitResult, MetricPoint, SolverReport } from '../fit-types.js'
import type { FitPlan } from '../plan-fit.js'
import { createProgress } from '../progress.js'
import { scoresOf } from '../task-of.js'
import { type ReadFeatures, readFeatures } from './read-features.js'
import { curvatureOf, rowLosses } from './row-losses.js'
import { type Solvable, solvable } from './solvable.js'

const foldCount = 5

/**
 * `fit` by the solver: the last layer gets the weights that are best under the penalty, on the kept features of the
 * frozen part; nothing else changes. Deterministic, and short once the features are there, so an interrupted one simply
 * starts again. Throws EngineError when more than the last layer is to be trained.
 */
export async function solveFit(plan: FitPlan, start: number): Promise<FitResult> {
  const { options, host, settings, classes } = plan
  const { network, train, validation } = options
  const part = solvable(network)
  const views = train.random ? settings.views || 1 : 1
  const features = await readFeatures(plan, part, train, views)
  const held = validation && (await readFeatures(plan, part, validation, 1))
  const labels = Array.from({ length: features.rows }, (_, row) => train.labels[row % train.count] as Label)
  const curves: MetricPoint[] = []
  const head = await solve(plan, part, features, labels, curves)
  tell(plan, part, head)
  const trained = tensorsOf(part, head, classes)
  const scored = held && validation && { logits: logitsOf(part, trained, held, classes), labels: validation.labels }
  const scores = scored
    ? scoresOf(plan.task, plan.head, { values: scored.logits, width: classes }, scored.labels)
    : null
  record(plan, curves, trainPoints(plan, head, logitsOf(part, trained, features, classes), labels))
  if (scores)
    record(
      plan,
      curves,
      plan.task.curves.map((name) => pointOf(name, 'val', head, scores.values[name] ?? Number.NaN)),
    )
  const seconds = (host.now() - start) / 1000
  const bytes = (features.rows + (held?.rows ?? 0)) * part.columns * Float32Array.BYTES_PER_ELEMENT
  return {
    tensors: new Map([...options.tensors, ...trained]),
    curves,
    bestEpoch: 1,
    stoppedEarly: false,
    epochsRun: 1,
    seconds,
    imagesPerSecond: features.rows / seconds,
    prefix: {
      layers: partUpTo(network, [part.features]).layers.length,
      boundary: part.features,
      cached: features.cached + (held?.cached ?? 0),
      computed: features.computed + (held?.computed ?? 0),
      bytes,
    },
    engine: 'solver',
    validation: scores,
    solver: reportOf(head),
  }
}

function solve(
  plan: FitPlan,
  part: Solvable,
  { values, rows }: ReadFeatures,
  labels: readonly Label[],
  curves: MetricPoint[],
): Promise<SolvedHead> {
  const { task, classes, settings, host, emit } = plan
  let iteration = 0
  return solveHead({
    features: values,
    rows,
    columns: part.columns,
    classes,
    groups: [{ from: 0, to: part.columns }],
    gains: [[1]],
    penalties: settings.penalty > 0 ? [settings.penalty] : null,
    folds: foldsOf(plan, labels),
    curvature: curvatureOf(task, classes),
    lossOf: rowLosses(task, labels, classes, plan.targets),
    scoreOf: rowLosses(task, labels, classes, { labelSmoothing: 0 }),
    breathe: plan.breathe,
    onProgress: createProgress(host, 'steps', 0, emit),
    onIteration: (value) => {
      iteration += 1
      const x = { name: 'step', value: iteration } as const
      record(plan, curves, [{ name: 'stepLoss', split: 'train', epoch: 1, step: iteration, value, x }])
    },
  })
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

/** The layer's parameters with the solved values. */
function tensorsOf({ weight, bias, featuresFirst, columns }: Solvable, head: SolvedHead, classes: number): Tensors {
  const values = featuresFirst
    ? Float32Array.from(
        head.weight,
        (_, place) => head.weight[(place % classes) * columns + Math.floor(place / classes)] ?? 0,
      )
    : Float32Array.from(head.weight)
  return new Map([
    [weight, { shape: featuresFirst ? [columns, classes] : [classes, columns], data: values }],
    [bias, { shape: [classes], data: Float32Array.from(head.bias) }],
  ])
}

/** What the layer gives for every row, with the weights as they are stored. */
function logitsOf(
  { weight, bias, featuresFirst, columns }: Solvable,
  trained: Tensors,
  { values, rows }: ReadFeatures,
  classes: number,
): Float32Array {
  const weights = trained.get(weight)?.data ?? new Float32Array()
  const biases = trained.get(bias)?.data ?? new Float32Array()
  const [byClass, byFeature] = featuresFirst ? [1, classes] : [columns, 1]
  const logits = new Float32Array(rows * classes)
  for (let row = 0; row < rows; row++)
    for (let c = 0; c < classes; c++) {
      let sum = biases[c] as number
      for (let k = 0; k < columns; k++)
        sum += (weights[c * byClass + k * byFeature] as number) * (values[row * columns + k] as number)
      logits[row * classes + c] = sum
    }
  return logits
}

function pointOf(name: string, split: 'train' | 'val', { iterations }: SolvedHead, value: number): MetricPoint {
  return { name, split, epoch: 1, step: iterations, value, x: { name: 'epoch', value: 1 } }
}

function trainPoints(plan: FitPlan, head: SolvedHead, logits: Float32Array, labels: readonly Label[]): MetricPoint[] {
  const { task, classes, targets } = plan
  const loss = rowLosses({ ...task, several: false }, labels, classes, targets)(Int32Array.from(labels.keys()))
  const outputs = Float64Array.from(logits)
  return [
    pointOf('loss', 'train', head, loss(outputs, new Float64Array(outputs.length))),
    pointOf(task.hitRate, 'train', head, task.hits({ values: logits, width: classes }, labels) / labels.length),
  ]
}

function record({ emit }: FitPlan, curves: MetricPoint[], points: readonly MetricPoint[]): void {
  for (const point of points) {
    curves.push(point)
    emit({ type: 'metric', ...point })
  }
}

function reportOf({ penalty, candidates, iterations, gradientNorm, objective, converged }: SolvedHead): SolverReport {
  return {
    penalty,
    candidates: candidates.map(({ penalty: tried, loss }: Candidate) => ({ penalty: tried, loss })),
    iterations,
    gradientNorm,
    objective,
    converged,
  }
}

function tell({ emit }: FitPlan, { layer, dropout }: Solvable, head: SolvedHead): void {
  const { penalty, candidates, iterations, gradientNorm, converged } = head
  const chosen =
    candidates.length === 0
      ? `With the penalty ${short(penalty)}`
      : `Chose the penalty ${short(penalty)} of ${candidates.length} by cross-validation on the training images (mean loss ${short(Math.min(...candidates.map(({ loss }) => loss)))})`
  const message = `${chosen}; ${layer.name} is solved after ${iterations} iterations, with a gradient of norm ${gradientNorm.toExponential(1)}.`
  emit({ type: 'log', level: 'info', message })
  if (dropout.length > 0)
    emit({
      type: 'log',
      level: 'info',
      message: `The solver leaves ${dropout.join(', ')} out: the penalty does its work.`,
    })
  if (!converged)
    emit({
      type: 'log',
      level: 'warning',
      message:
        'The solver stopped before it was sure of the optimum. Raise the penalty a little; features that differ by very different amounts take longest.',
    })
}

const short = (value: number): string => String(Number(value.toPrecision(2)))
