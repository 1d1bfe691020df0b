import { z } from 'zod'
import type { DatasetValue, MetricsValue, Sample } from '@graft/graph-schema'
import { renderThumbnail } from '../../loader/thumbnails.js'
import { readSamples } from '../../sdk/samples.js'
import { defineNode, NodeError, type NodeContext } from '../../sdk/define-node.js'
import { storeDetail } from '../../sdk/metrics-detail.js'
import { datasetInput, datasetPort, metricsPort, modelInput, modelPort } from '../../sdk/ports.js'
import type { EvaluationDetail, TopLoss } from '../../sdk/values.js'
import { computeLogits } from './compute-logits.js'
import { requireSameClasses } from './require-same-classes.js'
import { summariseEvaluation, type WorstImage } from './summarise-evaluation.js'

const thumbnailSize = 160

export const evaluate = defineNode({
  type: 'evaluate',
  version: 1,
  title: 'Evaluate',
  category: 'Evaluation',
  doc: `Measures a trained network on images it has not trained on.
Connect the test images for the number to believe, or the validation images while you are still choosing. Gives accuracy with its 95 % interval, per-class scores, the confusion matrix, calibration and the images it got most wrong; connect the result to Report.`,
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
    topLosses: z
      .number()
      .int()
      .min(0)
      .max(200)
      .default(12)
      .meta({ title: 'Top losses', description: 'How many of the most wrong images to show.', unit: 'images' }),
  }),
  workload: ({ inputs }) =>
    inputs.images === undefined ? null : { forward: datasetInput(inputs.images).count, training: 0 },
  async run({ inputs, params, context }) {
    const model = modelInput(inputs.model)
    const dataset = datasetInput(inputs.images)
    requireSameClasses(model, dataset)
    const samples = await readSamples(dataset, context.store)
    if (samples.length === 0)
      throw new NodeError(
        'images',
        `"${dataset.name}" has no images to evaluate on.`,
        'Connect another split, or change the fractions of Split.',
      )
    const logits = await computeLogits(model, samples, context, {
      batchSize: params.batchSize,
      cache: { directory: context.cacheDirectory },
    })
    const { worst, ...summary } = summariseEvaluation(
      {
        title: `${dataset.name}, ${splitTitle(dataset)}`,
        split: dataset.split,
        classNames: dataset.classNames,
        samples,
        logits,
      },
      params.topLosses,
    )
    const detail: EvaluationDetail = { ...summary, topLosses: await showWorst(worst, samples, summary, context) }
    const metrics: MetricsValue = {
      kind: 'metrics',
      split: dataset.split,
      count: detail.count,
      accuracy: detail.top1,
      macroF1: detail.macroF1,
      balancedAccuracy: detail.balancedAccuracy,
      detail: await storeDetail(detail, context.store, 'evaluation.json'),
    }
    logSummary(detail, context)
    return { metrics }
  },
})

const splitTitle = (dataset: DatasetValue): string =>
  ({ all: 'all images', train: 'training images', val: 'validation images', test: 'test images' })[dataset.split]

async function showWorst(
  worst: readonly WorstImage[],
  samples: readonly Sample[],
  summary: Pick<EvaluationDetail, 'predictions'>,
  { store }: NodeContext,
): Promise<TopLoss[]> {
  return Promise.all(
    worst.map(async ({ index, loss }) => {
      const sample = samples[index] as Sample
      const predicted = summary.predictions[index] as EvaluationDetail['predictions'][number]
      const thumbnail = await store.put(
        await renderThumbnail(sample, thumbnailSize),
        'image/jpeg',
        `top-loss-${index}.jpg`,
      )
      return {
        id: sample.id,
        label: sample.label,
        prediction: predicted.prediction,
        probability: predicted.probability,
        loss,
        thumbnail,
      }
    }),
  )
}

function logSummary(detail: EvaluationDetail, context: NodeContext): void {
  const percent = (value: number): string => (100 * value).toFixed(1)
  const [low, high] = detail.accuracyInterval
  const metric = (name: string, value: number): void =>
    context.emit({ type: 'metric', name, split: detail.split, phase: 'evaluate', epoch: 0, step: 0, value })
  metric('accuracy', detail.top1)
  metric('macroF1', detail.macroF1)
  metric('loss', detail.loss)
  context.emit({
    type: 'log',
    level: 'info',
    message: `${percent(detail.top1)} % of ${detail.count} right (95 % interval ${percent(low)} to ${percent(high)}), macro-F1 ${percent(detail.macroF1)} %, calibration error ${percent(detail.calibrationError)} %.`,
  })
}
