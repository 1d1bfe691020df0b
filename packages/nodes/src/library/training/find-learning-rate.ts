import { rateRules, smoothed, suggestRate, sweep, type SweepResult, trainForm } from '@graft/engines'
import type { DatasetValue } from '@graft/graph-schema'
import { z } from 'zod'
import { curvePicture } from '../../image-files/curve-picture.js'
import { createImageLoader } from '../../loader/index.js'
import { defineNode } from '../../sdk/define-node.js'
import type { NodeContext } from '../../sdk/node-context.js'
import { NodeError } from '../../sdk/node-error.js'
import { datasetPort, modelPort, numberPort } from '../../sdk/ports.js'
import { readSamples } from '../../sdk/samples.js'
import type { ModelValue } from '../../sdk/values.js'
import { loadModelTensors } from '../support/model-weights.js'
import { memoryShares } from '../support/memory-shares.js'
import { forwardFitEvents } from './forward-fit-events.js'

const ruleIds = rateRules.map(({ id }) => id)
const { batchSize, optimizer, weightDecay, backboneMultiplier, layerDecay, seed } = trainForm

const params = z.strictObject({
  from: z
    .number()
    .positive()
    .max(10)
    .default(1e-6)
    .meta({ title: 'From', description: 'Smallest rate that is tried.' }),
  to: z.number().positive().max(100).default(1).meta({ title: 'To', description: 'Largest rate that is tried.' }),
  steps: z.int().min(20).max(2000).default(100).meta({
    title: 'Steps',
    description:
      'Rates between the two, each a constant factor larger. It ends early once the loss has risen fourfold.',
    unit: 'steps',
  }),
  rule: z
    .enum([ruleIds[0] ?? '', ...ruleIds.slice(1)])
    .default('valley')
    .meta({
      title: 'Rule',
      description: rateRules.map(({ id, title }) => `\`${id}\`: ${title}`).join('; ') + '.',
      advanced: true,
    }),
  batchSize,
  optimizer,
  weightDecay,
  backboneMultiplier,
  layerDecay,
  seed,
})
type Params = z.output<typeof params>

export const findLearningRate = defineNode({
  type: 'find-learning-rate',
  version: 1,
  title: 'Find Learning Rate',
  category: 'Training',
  keywords: ['LR finder', 'range test', 'sweep', 'rate', 'learning rate'],
  doc: `Trains a few steps at ever larger learning rates, shows the loss against the rate, and suggests one; the weights are thrown away.
Connect what goes into Train, with the same batch size and optimizer, and wire Rate to Train's learning rate: then it follows the data. Where the loss never falls, it says so instead of guessing.
A range test after Smith 2017 (arXiv 1506.01186), read as fastai reads it.`,
  inputs: {
    model: modelPort('The network that Train gets.'),
    train: datasetPort('The images that Train gets.', { title: 'Training', splits: ['train'] }),
  },
  outputs: {
    rate: numberPort('The suggested learning rate: wire it to Train.', {
      title: 'Rate',
      feeds: 'learningRate',
    }),
  },
  params,
  usesEngine: true,
  sameClasses: [[{ port: 'model' }, { port: 'train' }]],
  workload: ({ params: { steps, batchSize: size } }) => ({ forward: 0, training: steps * Math.max(1, size) }),
  validate: ({ from, to }) =>
    from < to
      ? []
      : [
          {
            code: 'range-empty',
            severity: 'error' as const,
            field: 'to',
            message: `The largest rate (${to}) is not above the smallest (${from}).`,
            fix: 'Set a larger one.',
          },
        ],
  async run({ inputs, params: settings, context }) {
    const result = await sweepOver(inputs, settings, context)
    const found = suggestRate(result.points, settings.rule)
    await showCurve(result, found?.rate ?? null, context)
    if (found === null)
      throw new NodeError(
        'from',
        `The loss never fell between ${settings.from} and ${result.points.at(-1)?.rate.toPrecision(2) ?? settings.to}, so no rate can be suggested.`,
        'Start lower, raise the steps, or check that something of the network is left to train.',
      )
    context.emit({
      type: 'log',
      level: 'info',
      message: `Suggested learning rate: ${found.rate} (${found.reason}). ${ending(result)}`,
    })
    return { rate: found.rate }
  },
})

async function sweepOver(
  { model, train: images }: { readonly model: ModelValue; readonly train: DatasetValue },
  { from, to, steps, rule: _, ...settings }: Params,
  context: NodeContext,
): Promise<SweepResult> {
  const rates = Array.from({ length: steps }, (__, index) => from * (to / from) ** (index / (steps - 1)))
  const { views, features } = memoryShares(context)
  const train = createImageLoader({
    samples: await readSamples(images, context.store),
    transforms: images.transforms,
    preprocessing: model.network.preprocessing,
    seed: settings.seed,
    signal: context.signal,
    ...(views !== undefined && { cacheBytes: views }),
  })
  try {
    return await sweep({
      network: model.network,
      tensors: await loadModelTensors(model, context.store),
      engines: context.engines,
      train,
      settings,
      rates,
      stopAbove: 4,
      cacheDirectory: context.cacheDirectory,
      signal: context.signal,
      ...(features !== undefined && { memoryBytes: features }),
      onEvent: forwardFitEvents('', {}, context),
    })
  } finally {
    await train.close()
  }
}

function ending({ end, points }: SweepResult): string {
  const last = points.at(-1)?.rate.toPrecision(2)
  if (end === null) return 'The loss did not rise up to the largest rate.'
  return end.kind === 'risen' ? `The loss had risen fourfold at ${last}.` : `Training diverged above ${last}.`
}

/** The curve over the rate's logarithm, as a preview of the node. */
async function showCurve(result: SweepResult, rate: number | null, context: NodeContext): Promise<void> {
  const { points } = result
  if (points.length < 2) return
  const smooth = smoothed(points)
  const x = (value: number): number => Math.log10(value)
  const picture = await curvePicture({
    points: points.map((point) => [x(point.rate), point.loss]),
    smooth: points.map((point, index) => [x(point.rate), smooth[index] ?? point.loss]),
    mark: rate === null ? null : x(rate),
  })
  const blob = await context.store.put(picture, 'image/png', 'learning-rates.png')
  const range = `${points[0]?.rate.toPrecision(1)} to ${points.at(-1)?.rate.toPrecision(1)}`
  const suggested = rate === null ? 'no suggestion' : `suggested ${rate} (dashed)`
  context.emit({ type: 'preview', title: `Loss (upwards) against learning rate (${range}): ${suggested}`, blob })
}
