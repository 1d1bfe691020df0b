import { type Layer, partUpTo, resolveAttributes, type Tensors } from '@graft/network'
import type { LinearHead } from '../../solver/index.js'
import type { Label } from '../../tasks/index.js'
import type { FitResult, MetricPoint } from '../plan/fit-types.js'
import type { FitPlan } from '../plan/plan-fit.js'
import { scoresOf } from '../scores/task-of.js'
import { type ReadFeatures, readFeatures } from './read-features.js'
import { computeHead } from './compute-head.js'
import { rowLosses } from './row-losses.js'
import { type ComputedHead, reportOf, tell } from './solve-report.js'
import { type Solvable, solvable } from './solvable.js'

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
  const head = await computeHead(plan, part, features, labels, (step, value) => {
    const x = { name: 'step', value: step } as const
    record(plan, curves, [{ name: 'stepLoss', split: 'train', epoch: 1, step, value, x }])
  })
  tell(plan.emit, part, head)
  const trained = tensorsOf(plan, part, head)
  const scored = held && validation && { logits: logitsOf(head, held, part.columns), labels: validation.labels }
  const scores = scored
    ? scoresOf(plan.task, plan.head, { values: scored.logits, width: classes }, scored.labels)
    : null
  record(plan, curves, trainPoints(plan, head, logitsOf(head, features, part.columns), labels))
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
    engine: settings.method === 'solver' ? 'solver' : 'class means',
    validation: scores,
    solver: reportOf(part, head),
  }
}

/** The layer's parameters with the solved values, and the statistics of what standardises before it. */
function tensorsOf({ options, classes }: FitPlan, part: Solvable, head: LinearHead): Tensors {
  const { weight, bias, featuresFirst, columns, standardise } = part
  const { factors, statistics } = standardiseBy(options.tensors, standardise, head)
  const at = (c: number, k: number): number => (head.weight[c * columns + k] ?? 0) / (factors[k] ?? 1)
  const data = new Float32Array(classes * columns)
  const biases = Float64Array.from(head.bias)
  for (let c = 0; c < classes; c++)
    for (let k = 0; k < columns; k++) {
      data[featuresFirst ? k * classes + c : c * columns + k] = at(c, k)
      if (standardise) biases[c] = (biases[c] ?? 0) + (head.weight[c * columns + k] ?? 0) * (head.means[k] ?? 0)
    }
  return new Map([
    [weight, { shape: featuresFirst ? [columns, classes] : [classes, columns], data }],
    [bias, { shape: [classes], data: Float32Array.from(biases) }],
    ...statistics,
  ])
}

/** What a standardising layer multiplies features with once it has their statistics; 1 each without one. */
function standardiseBy(
  tensors: Tensors,
  layer: Layer | null,
  { means, deviations }: LinearHead,
): { readonly factors: Float64Array; readonly statistics: Tensors } {
  if (!layer) return { factors: new Float64Array(means.length).fill(1), statistics: new Map() }
  const { scale = '', mean = '', variance = '' } = layer.parameters
  const gains = tensors.get(scale)?.data
  const epsilon = Number(resolveAttributes(layer).epsilon)
  const variances = Float32Array.from(deviations, (deviation) => deviation ** 2)
  const shape = [means.length]
  return {
    factors: Float64Array.from(variances, (value, k) => (gains?.[k] ?? 1) / Math.sqrt(value + epsilon)),
    statistics: new Map([
      [mean, { shape, data: Float32Array.from(means) }],
      [variance, { shape, data: variances }],
    ]),
  }
}

/** What the head gives for every row of features. */
function logitsOf({ weight, bias }: LinearHead, { values, rows }: ReadFeatures, columns: number): Float32Array {
  const classes = bias.length
  const logits = new Float32Array(rows * classes)
  for (let row = 0; row < rows; row++)
    for (let c = 0; c < classes; c++) {
      let sum = bias[c] as number
      for (let k = 0; k < columns; k++)
        sum += (weight[c * columns + k] as number) * (values[row * columns + k] as number)
      logits[row * classes + c] = sum
    }
  return logits
}

function pointOf(name: string, split: 'train' | 'val', { optimum }: ComputedHead, value: number): MetricPoint {
  return { name, split, epoch: 1, step: optimum?.iterations ?? 1, value, x: { name: 'epoch', value: 1 } }
}

function trainPoints(plan: FitPlan, head: ComputedHead, logits: Float32Array, labels: readonly Label[]): MetricPoint[] {
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
