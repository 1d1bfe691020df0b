import { canFold, metricsValueSchema, repetitionOf, repetitionsOf, spreadOf } from '@graft/graph-schema'
import type { GraphEndpoint, MetricsValue, RepeatDetail, RepeatedRun, Repetition } from '@graft/graph-schema'
import { z } from 'zod'
import { defineNode } from '../../sdk/define-node.js'
import type { DerivedRuns } from '../../sdk/derived-runs.js'
import { storeDetail } from '../../sdk/metrics-detail.js'
import type { NodeContext } from '../../sdk/node-context.js'
import { NodeError } from '../../sdk/node-error.js'
import { metricsPort } from '../../sdk/ports.js'
import { progressOf } from '../../sdk/progress.js'
import { derivedRunsOf } from '../support/derived-runs-of.js'

const params = z.strictObject({
  folds: z.int().min(0).max(20).default(5).meta({
    title: 'Folds',
    description:
      'The images are divided into so many parts, and each is tested once by a network that learned from the others (cross-validation). 0: every run is tested on the same images. A test folder of its own is left out.',
    unit: 'folds',
  }),
  seeds: z.int().min(1).max(20).default(1).meta({
    title: 'Seeds',
    description: 'All of it so many times with other seeds: of heads, of training and of the folds.',
    unit: 'seeds',
  }),
})

export const repeat = defineNode({
  type: 'repeat',
  version: 1,
  title: 'Repeat',
  category: 'Evaluation',
  keywords: ['k-fold', 'cross-validation', 'seeds', 'folds', 'variance', 'confidence', 'spread', 'mean'],
  doc: `Runs all that comes before it several times, and says how good it is on average, how sure that is, and how far runs differ.
Connect it to Evaluate. With folds every image is tested once, so few images say much more; with seeds you see how much is chance. Runs are kept one by one: what was done once is reused, also after an interruption.`,
  inputs: { metrics: metricsPort('The result to repeat: that of Evaluate on the test images.') },
  outputs: { metrics: metricsPort('Means of all metrics, their intervals and their spread.') },
  isOutput: true,
  params,
  validate({ folds, seeds }) {
    if (folds !== 1 && (folds > 1 || seeds > 1)) return []
    return [
      {
        code: 'repeat/nothing-repeated',
        severity: 'error',
        field: 'folds',
        message:
          folds === 1
            ? 'One fold would leave nothing to train on.'
            : 'Without folds and with one seed nothing is repeated.',
        fix: 'Set folds to 5, or seeds to at least 2.',
      },
    ]
  },
  async run({ inputs, params: settings, context }) {
    const runs = derivedRunsOf(context)
    const source = sourceOf(runs, context.nodeId)
    refuseFolds(settings.folds, inputs.metrics, runs, source)
    const repetitions = repetitionsOf(settings)
    const progress = progressOf(context, 'runs')
    const done: RepeatedRun[] = []
    const describe = (value: MetricsValue): RepeatDetail => detailOf(value, settings, repetitions.length, done)
    let last = inputs.metrics
    for (const repetition of repetitions) {
      progress(done.length, repetitions.length)
      const { value, seconds } = await runOnce(runs, source, repetition)
      last = value
      done.push({ seed: repetition.seed, fold: repetition.fold, count: value.count, values: value.values, seconds })
      if (done.length < repetitions.length)
        context.emit({ type: 'interim', detail: await storeDetail(describe(value), context.store, 'repeat.json') })
    }
    const detail = describe(last)
    say(detail, context)
    return { metrics: await toMetrics(detail, last, context) }
  },
})

/** The output that is repeated. */
function sourceOf({ document }: DerivedRuns, nodeId: string): GraphEndpoint {
  const edge = document.edges.find(({ to }) => to.node === nodeId && to.port === 'metrics')
  if (edge !== undefined) return edge.from
  throw new NodeError('metrics', 'Nothing is connected that could be repeated.', 'Connect the metrics of Evaluate.')
}

function refuseFolds(folds: number, { split }: MetricsValue, { document }: DerivedRuns, source: GraphEndpoint): void {
  if (folds < 2) return
  if (!canFold(document, source.node))
    throw new NodeError(
      'folds',
      'There is no Split before this node, so the images can’t be divided into folds.',
      'Put Split behind the images, or set folds to 0 and repeat with seeds.',
    )
  if (split !== 'test')
    throw new NodeError(
      'metrics',
      `Folds are tested by the test images, but the connected result is of the ${split} images.`,
      'Connect Evaluate with the test images of Split, or set folds to 0.',
    )
}

async function runOnce(
  runs: DerivedRuns,
  source: GraphEndpoint,
  repetition: Repetition,
): Promise<{ readonly value: MetricsValue; readonly seconds: number }> {
  const document = repetitionOf(runs.document, runs.manifests, source.node, repetition)
  const { outputs, milliseconds } = await runs.run(document, [source.node])
  const value = metricsValueSchema.parse(outputs[source.node]?.[source.port])
  const seconds = Object.values(milliseconds).reduce((sum, time) => sum + time, 0) / 1000
  return { value, seconds }
}

function detailOf(
  value: MetricsValue,
  { folds, seeds }: z.output<typeof params>,
  planned: number,
  runs: readonly RepeatedRun[],
): RepeatDetail {
  const spread = Object.fromEntries(
    value.metrics.map(({ name, format }) => [
      name,
      spreadOf(
        runs.map(({ values }) => values[name] ?? Number.NaN),
        folds,
        format === 'percent',
      ),
    ]),
  )
  const how = [...(folds > 1 ? [`${folds} folds`] : []), ...(seeds > 1 ? [`${seeds} seeds`] : [])].join(', ')
  const { primary, metrics, split } = value
  return {
    kind: 'repeat',
    title: `Repeated: ${how}`,
    split,
    folds,
    seeds,
    planned,
    primary,
    metrics,
    runs: [...runs],
    spread,
  }
}

async function toMetrics(detail: RepeatDetail, value: MetricsValue, { store }: NodeContext): Promise<MetricsValue> {
  const values = Object.fromEntries(Object.entries(detail.spread).map(([name, { mean }]) => [name, mean]))
  const tested = detail.folds > 1 ? detail.runs.filter(({ seed }) => seed === 0) : detail.runs.slice(0, 1)
  return {
    ...value,
    values,
    count: tested.reduce((sum, { count }) => sum + count, 0),
    detail: await storeDetail(detail, store, 'repeat.json'),
  }
}

function say({ spread, primary, metrics, runs, folds }: RepeatDetail, { emit }: NodeContext): void {
  const found = spread[primary]
  const metric = metrics.find(({ name }) => name === primary)
  if (found === undefined || found.interval === null || metric === undefined) return
  const show = (number: number): string =>
    metric.format === 'percent' ? `${(100 * number).toFixed(1)}%` : String(Number(number.toPrecision(3)))
  emit({
    type: 'log',
    level: 'info',
    message: `${metric.title} over ${runs.length} runs: mean ${show(found.mean)} (95% interval ${show(found.interval[0])} to ${show(found.interval[1])}), standard deviation ${show(found.deviation)}, from ${show(found.least)} to ${show(found.most)}.${folds > 1 ? '' : ' All were tested on the same images: the interval tells what seeds change, not what other images would.'}`,
  })
}
