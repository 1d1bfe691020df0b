import { z } from 'zod'
import { type Evaluation, stagesRead, taskOf } from '@graft/engines'
import { describeScores, metricsDetailSchema, scoreList, titleInText } from '@graft/graph-schema'
import type {
  BlobReference,
  DatasetValue,
  EvaluationDetail,
  MetricsDetail,
  MetricsValue,
  Sample,
  Score,
} from '@graft/graph-schema'
import { renderThumbnail } from '../../image-files/thumbnails.js'
import { readSamples } from '../../sdk/samples.js'
import { defineNode } from '../../sdk/define-node.js'
import type { NodeContext } from '../../sdk/node-context.js'
import { NodeError } from '../../sdk/node-error.js'
import { storeDetail } from '../../sdk/metrics-detail.js'
import { datasetPort, metricsPort, modelPort } from '../../sdk/ports.js'
import { computeLogits, viewsField } from './compute-logits.js'
import { foreignTo } from '../support/foreign-images.js'
import { requireSameClasses } from './require-same-classes.js'
import { warnOfOtherValues } from './warn-of-other-values.js'

const thumbnailSize = 160

/** An image worth looking at, with what the task says of it. */
interface ShownSample {
  readonly id: string
  readonly loss: number
  readonly thumbnail: BlobReference
}

export const evaluate = defineNode({
  type: 'evaluate',
  version: 1,
  // 2: metrics describe themselves. 3: images that the network was never meant for.
  revision: 3,
  title: 'Evaluate',
  category: 'Evaluation',
  keywords: ['test', 'accuracy', 'confusion matrix', 'metrics', 'score'],
  doc: `Measures a trained network on images it has not trained on.
Connect the test images for the number you can trust, or the validation images while you are still choosing. Gives accuracy with its 95% interval, per-class scores, the confusion matrix, calibration and the images it got most wrong; connect the result to Report.`,
  inputs: {
    model: modelPort('A trained network with a head.'),
    images: datasetPort('Labelled images to measure on.', { splits: ['val', 'test', 'all', 'train'] }),
  },
  outputs: { metrics: metricsPort('Accuracy, F1, confusion matrix and more.') },
  usesEngine: true,
  sameClasses: [[{ port: 'model' }, { port: 'images' }]],
  params: z.strictObject({
    batchSize: z.number().int().min(1).max(1024).default(32).meta({
      title: 'Batch size',
      description: 'Most images per forward pass; affects memory only.',
      unit: 'images',
    }),
    views: viewsField,
    topLosses: z
      .number()
      .int()
      .min(0)
      .max(200)
      .default(12)
      .meta({ title: 'Top losses', description: 'How many of the most wrong images to show.', unit: 'images' }),
  }),
  // Features of all stages hold those of the last.
  precedence: ({ inputs }) => stagesRead(inputs.model.network),
  workload: ({ inputs }) => (inputs.images === undefined ? null : { forward: inputs.images.count, training: 0 }),
  async run({ inputs, params, context }) {
    const model = inputs.model
    const dataset = inputs.images
    requireSameClasses(model, dataset)
    warnOfOtherValues(model, dataset, context)
    const samples = await readSamples(dataset, context.store)
    if (samples.length === 0)
      throw new NodeError(
        'images',
        `"${dataset.name}" has no images to evaluate on.`,
        'Connect another split, or change the fractions of Split.',
      )
    const logits = await computeLogits(model, samples, context, {
      batchSize: params.batchSize,
      views: params.views,
      cache: { directory: context.cacheDirectory },
    })
    const { task, head } = taskOf(model.network)
    const outputs = { values: logits, width: head.names.length }
    const labels = samples.map(({ label }) => label)
    const evaluation = task.evaluate(outputs, labels, head)
    const facts = { split: dataset.split, count: samples.length }
    const scores = describeScores(task, evaluation.values)
    const knows = foreignTo(model.network, samples)
    const detail = {
      ...evaluation.detail,
      ...facts,
      scores,
      intervals: evaluation.intervals,
      title: `${dataset.name}, ${splitTitle(dataset)}`,
      classNames: dataset.classNames,
      ...(knows !== null && { foreignTo: knows }),
      predictions: samples.map(({ id }, index) => ({ id, ...evaluation.rows[index] })),
      topLosses: await showWorst(evaluation, samples, params.topLosses, context),
    }
    const metrics: MetricsValue = {
      kind: 'metrics',
      task: task.id,
      ...facts,
      ...scores,
      detail: await storeDetail(knownDetail(detail), context.store, 'evaluation.json'),
    }
    logScores(metrics, evaluation.intervals, context)
    return { metrics }
  },
})

const splitTitle = (dataset: DatasetValue): string =>
  ({ all: 'all images', train: 'training images', val: 'validation images', test: 'test images' })[dataset.split]

/** The images with the highest loss, worst first, with a thumbnail each. */
async function showWorst(
  { losses, rows }: Evaluation,
  samples: readonly Sample[],
  count: number,
  { store }: NodeContext,
): Promise<readonly ShownSample[]> {
  const worst = samples
    .map((sample, index) => ({ sample, index, loss: losses[index] ?? 0 }))
    .toSorted((a, b) => b.loss - a.loss || a.index - b.index)
    .slice(0, count)
  return Promise.all(
    worst.map(async ({ sample, index, loss }) => ({
      id: sample.id,
      ...rows[index],
      loss,
      thumbnail: await store.put(await renderThumbnail(sample, thumbnailSize), 'image/jpeg', `top-loss-${index}.jpg`),
    })),
  )
}

/** What the task tells is data until here; a kind of detail that graph-schema doesn't list is a defect of the task. */
function knownDetail(detail: { readonly kind: string }): MetricsDetail {
  return metricsDetailSchema.parse(detail)
}

function logScores(metrics: MetricsValue, intervals: EvaluationDetail['intervals'], { emit }: NodeContext): void {
  const measured = scoreList(metrics)
  for (const { value, ...metric } of measured)
    emit({
      type: 'metric',
      name: metric.name,
      split: metrics.split,
      phase: 'evaluate',
      epoch: 0,
      step: 0,
      value,
      metric,
    })
  const text = measured.map((score) => scoreText(score, intervals[score.name])).join(', ')
  emit({ type: 'log', level: 'info', message: `On ${metrics.count} images: ${text}.` })
}

function scoreText({ title, format, value }: Score, interval: readonly [number, number] | undefined): string {
  const show = (number: number): string =>
    format === 'percent' ? `${(100 * number).toFixed(1)}%` : String(Number(number.toPrecision(3)))
  const range = interval === undefined ? '' : ` (95% interval ${show(interval[0])} to ${show(interval[1])})`
  return `${titleInText({ title })} ${show(value)}${range}`
}
