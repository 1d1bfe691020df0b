import { partUpTo } from '@graft/network'
import type { Label } from '../../tasks/index.js'
import type { FitResult, MetricPoint } from '../plan/fit-types.js'
import type { FitPlan } from '../plan/plan-fit.js'
import { scoresOf } from '../scores/task-of.js'
import { linearSolution } from './linear-solution.js'
import { neighboursSolution } from './neighbours-solution.js'
import { readFeatures } from './read-features.js'
import { rowLosses } from './row-losses.js'
import { type Choice, reportOf, tell } from './solve-report.js'
import { solvable } from './solvable.js'

/** What stands for the engine where none is asked. */
const methodNames = {
  descent: 'descent',
  solver: 'solver',
  leastSquares: 'least squares',
  classMeans: 'class means',
  nearestNeighbours: 'nearest neighbours',
} as const

/** By what a head tells classes, for the log; the solver tells of its optimum. */
const tellingBy: Readonly<Record<keyof typeof methodNames, string>> = {
  descent: 'descent',
  solver: 'the optimum',
  leastSquares: 'a mean of regressions, each by how well it explains the training images',
  classMeans: 'their means',
  nearestNeighbours: 'the nearest training images',
}

/**
 * `fit` by a method that computes the head at once: the last layer gets the weights that are best under the penalty, or
 * the class means, on the kept features of the frozen part; nothing else changes. Deterministic, and short once the features are there, so an interrupted one simply
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
  const onIteration = (step: number, value: number): void => {
    const x = { name: 'step', value: step } as const
    record(plan, curves, [{ name: 'stepLoss', split: 'train', epoch: 1, step, value, x }])
  }
  const solution =
    settings.method === 'nearestNeighbours'
      ? await neighboursSolution(plan, part, features, labels)
      : await linearSolution(plan, part, features, labels, onIteration)
  const { choice } = solution
  tell(plan.emit, part, choice, tellingBy[settings.method])
  const scored = held && validation && { logits: solution.logits(held), labels: validation.labels }
  const scores = scored
    ? scoresOf(plan.task, plan.head, { values: scored.logits, width: classes }, scored.labels)
    : null
  record(plan, curves, trainPoints(plan, choice, solution.logits(features), labels))
  if (scores)
    record(
      plan,
      curves,
      plan.task.curves.map((name) => pointOf(name, 'val', choice, scores.values[name] ?? Number.NaN)),
    )
  const seconds = (host.now() - start) / 1000
  const bytes = (features.rows + (held?.rows ?? 0)) * part.columns * Float32Array.BYTES_PER_ELEMENT
  return {
    ...(solution.network && { network: solution.network }),
    tensors: solution.tensors,
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
    engine: methodNames[settings.method],
    validation: scores,
    solver: reportOf(part, choice),
  }
}

function pointOf(name: string, split: 'train' | 'val', { optimum }: Choice, value: number): MetricPoint {
  return { name, split, epoch: 1, step: optimum?.iterations ?? 1, value, x: { name: 'epoch', value: 1 } }
}

function trainPoints(plan: FitPlan, head: Choice, logits: Float32Array, labels: readonly Label[]): MetricPoint[] {
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
