import {
  checkTrainSettings,
  curveMetrics,
  fit,
  freezeProof,
  isComputed,
  stagesRead,
  taskOf,
  weightsHash,
  type FitResult,
  type Workload,
} from '@graft/engines'
import { countParameters, type Network, type Tensors } from '@graft/network'
import { describeScores } from '@graft/graph-schema'
import type { DatasetValue, MetricsValue } from '@graft/graph-schema'
import { createImageLoader, type ImageLoader } from '../../loader/index.js'
import { defineNode } from '../../sdk/define-node.js'
import type { NodeContext } from '../../sdk/node-context.js'
import { NodeError } from '../../sdk/node-error.js'
import { warnOfForeignImages } from '../support/foreign-images.js'
import { memoryShares } from '../support/memory-shares.js'
import { storeDetail } from '../../sdk/metrics-detail.js'
import { loadModelTensors, storeTrained } from '../support/model-weights.js'
import { datasetPort, metricsPort, modelPort } from '../../sdk/ports.js'
import { readSamples } from '../../sdk/samples.js'
import type { ModelValue, TrainingDetail } from '../../sdk/values.js'
import { requireSameClasses } from '../evaluation/require-same-classes.js'
import { forwardFitEvents } from './forward-fit-events.js'
import { scoreTrainingImages } from './score-training-images.js'
import { trainCheckpoints } from './train-checkpoints.js'
import { trainParams, type TrainParams } from './train-params.js'
import { TrainRequest } from './train-request.js'

export const train = defineNode({
  type: 'train',
  version: 1,
  // 2: metrics describe themselves. 3: the solver softens features and keeps the weights of stages. 4: least squares rounds
  // otherwise.
  revision: 4,
  title: 'Train',
  category: 'Training',
  keywords: ['fit', 'fine-tune', 'fine-tuning', 'optimizer', 'optimiser', 'learning rate', 'epochs'],
  doc: `Trains what is not frozen, and leaves the rest bit for bit as it was.
Connect a network with a head, training images and, for curves and the choice of the best epoch, validation images. The frozen part runs once per image and its results are kept, so that training a head takes seconds. With the solver as its method a linear head gets its best weights at once, without epochs and learning rate: take it when all before the head is frozen, and gradient descent when more than the head is to learn or when augmentation matters. For two phases, put Freeze Range and a second Train behind the first.`,
  inputs: {
    model: modelPort('A network with a head for the classes of the images.'),
    train: datasetPort('Images to learn from.', { title: 'Training', splits: ['train'] }),
    validation: datasetPort('Images to check progress on; the network never learns from them.', {
      title: 'Validation',
      splits: ['val'],
      optional: true,
    }),
  },
  outputs: {
    model: modelPort('The trained network.', { classesFrom: { port: 'model' } }),
    metrics: metricsPort('Curves, settings and freeze proof; accuracy on the validation images.'),
  },
  params: trainParams,
  usesEngine: true,
  sameClasses: [[{ port: 'model' }, { port: 'train' }, { port: 'validation' }]],
  // Features of all stages hold those of the last.
  precedence: ({ inputs }) => stagesRead(inputs.model.network),
  validate: (params) => checkTrainSettings(params),
  workload: ({ inputs, params }) =>
    inputs.train === undefined ? null : trainingWorkload(inputs.train, inputs.validation, params),
  async run({ inputs, params, context }) {
    const model = inputs.model
    const dataset = inputs.train
    const validation = inputs.validation
    for (const images of [dataset, validation]) if (images !== undefined) requireSameClasses(model, images)
    refuseEmpty(dataset, validation)
    warnOfForeignImages(model.network, await readSamples(dataset, context.store), context)
    const before = await loadModelTensors(model, context.store)
    const result = await trainOn(model, before, dataset, validation, params, context)
    const trained = withHistory(result.network ?? model.network, params, result, dataset)
    const proof = freezeProof(keptOf(model.network, result.tensors), before, result.tensors)
    const detail = describe(trained, proof, result, params, dataset)
    return {
      model: await storeTrained({ network: trained, tensors: result.tensors }, before, context.store),
      metrics: await toMetrics(detail, trained, result, dataset, validation, context),
    }
  },
})

/**
 * The frozen part sees every image once, or every view of it; what is trained sees them all in every epoch, and a
 * third of that work for validation.
 */
function trainingWorkload(
  train: DatasetValue,
  validation: DatasetValue | undefined,
  { method, epochs, views }: TrainParams,
): Workload {
  const seen = validation?.count ?? 0
  if (isComputed({ method })) return { forward: Math.max(1, views) * train.count + seen, training: 0 }
  const perImage = train.transforms.length === 0 ? 1 : Math.min(epochs, views === 0 ? epochs : views)
  return { forward: perImage * train.count + seen, training: epochs * (train.count + seen / 3) }
}

async function trainOn(
  model: ModelValue,
  tensors: Tensors,
  dataset: DatasetValue,
  validation: DatasetValue | undefined,
  params: TrainParams,
  context: NodeContext,
): Promise<FitResult> {
  const { network } = model
  const sources: ImageLoader[] = []
  const { views, images: decoded, features } = memoryShares(context)
  const open = async (images: DatasetValue, random: boolean): Promise<ImageLoader> => {
    const samples = await readSamples(images, context.store)
    const cacheBytes = random ? views : decoded
    const source = createImageLoader({
      samples,
      transforms: random ? images.transforms : [],
      preprocessing: network.preprocessing,
      seed: params.seed,
      signal: context.signal,
      ...(cacheBytes !== undefined && { cacheBytes }),
    })
    sources.push(source)
    return source
  }
  try {
    // What computes the head at once sees images as they are, unless it is to see a number of views of each.
    const train = await open(dataset, !isComputed(params) || params.views > 0)
    const { phase, ...settings } = params
    const options = {
      network,
      tensors,
      engines: context.engines,
      train,
      settings,
      cacheDirectory: context.cacheDirectory,
      signal: context.signal,
      ...(features !== undefined && { memoryBytes: features }),
    }
    const events = forwardFitEvents(phase, curveMetrics(taskOf(network).task), context)
    return await fit({
      ...options,
      ...(validation !== undefined && { validation: await open(validation, false) }),
      ...(context.checkpoints && { checkpoint: trainCheckpoints(context.checkpoints, context) }),
      onEvent: events,
      request: new TrainRequest(context.nodeId, params, model, dataset, validation, context.store),
    })
  } finally {
    await Promise.all(sources.map((source) => source.close()))
  }
}

function refuseEmpty(dataset: DatasetValue, validation: DatasetValue | undefined): void {
  if (dataset.count === 0)
    throw new NodeError(
      'train',
      `"${dataset.name}" has no training images.`,
      'Check the folder, or the fractions of Split.',
    )
  if (validation?.count === 0)
    throw new NodeError(
      'validation',
      `"${validation.name}" has no validation images.`,
      'Raise the validation fraction of Split, or disconnect the input.',
    )
  const missing = dataset.classNames.filter((_, index) => dataset.countPerClass[index] === 0)
  if (missing.length > 0)
    throw new NodeError(
      'train',
      `No training images for ${missing.join(', ')}.`,
      'Add images of every class, or remove the empty class folders.',
    )
}

function withHistory(
  network: Network,
  { phase }: TrainParams,
  { epochsRun, bestEpoch, joinedEpochs, validation, solver }: FitResult,
  dataset: DatasetValue,
): Network {
  const line = solver
    ? `computed "${phase}" on ${dataset.count} images of ${dataset.name} (${solver.setting.name} ${Number(solver.setting.value.toPrecision(3))})`
    : `trained "${phase}" for ${epochsRun} epochs on ${dataset.count} images of ${dataset.name} (kept ${joinedEpochs ? `the mean of epochs ${joinedEpochs.join(', ')}` : `epoch ${bestEpoch}`})`
  const { provenance } = network
  // What the task chose on the validation images, such as thresholds, belongs to the head.
  const head = validation?.head ?? network.head
  const { values: _, ...preprocessing } = network.preprocessing
  const { values } = dataset
  return {
    ...network,
    head,
    preprocessing: { ...preprocessing, ...(values !== undefined && { values }) },
    provenance: { ...provenance, history: [...provenance.history, line] },
  }
}

/** A method may put another head into the network; what can be proved is of what is still there. */
function keptOf(network: Network, tensors: Tensors): Network {
  const kept = Object.entries(network.parameters).filter(([name]) => tensors.has(name))
  return { ...network, parameters: Object.fromEntries(kept) }
}

function describe(
  network: Network,
  proof: TrainingDetail['freezeProof'],
  result: FitResult,
  params: TrainParams,
  dataset: DatasetValue,
): TrainingDetail {
  const { total, trainable } = countParameters(network)
  const { boundary, layers, cached, computed, bytes } = result.prefix
  return {
    kind: 'training',
    title: `Training "${params.phase}"`,
    phase: params.phase,
    curves: result.curves.map((point) => ({ ...point, phase: params.phase })),
    metrics: curveMetrics(taskOf(network).task),
    settings: params,
    classNames: dataset.classNames,
    epochs: result.epochsRun,
    bestEpoch: result.bestEpoch,
    stoppedEarly: result.stoppedEarly,
    seconds: result.seconds,
    imagesPerSecond: result.imagesPerSecond,
    engine: result.engine,
    prefix: { layers, boundary, cached, computed, bytes },
    trainableParameters: trainable,
    totalParameters: total,
    freezeProof: proof,
    weightsHash: weightsHash(result.tensors),
    ...(result.joinedEpochs && { joinedEpochs: result.joinedEpochs }),
    ...(result.aids && { aids: result.aids }),
    ...(result.solver && { solver: result.solver }),
  }
}

async function toMetrics(
  detail: TrainingDetail,
  network: Network,
  result: FitResult,
  dataset: DatasetValue,
  validation: DatasetValue | undefined,
  context: NodeContext,
): Promise<MetricsValue> {
  const { values } = result.validation ?? (await scoreTrainingImages(network, result.tensors, dataset, context))
  const { task } = taskOf(network)
  return {
    kind: 'metrics',
    task: task.id,
    split: validation === undefined ? 'train' : validation.split,
    count: validation?.count ?? dataset.count,
    ...describeScores(task, values),
    detail: await storeDetail(detail, context.store, 'training.json'),
  }
}
