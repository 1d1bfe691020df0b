import {
  classWeights,
  learningRateScale,
  optimizerOf,
  planMemory,
  scheduleOf,
  taskOf,
  type TrainSettings,
  trainSettings,
  warmupOf,
} from '@graft/engines'
import type { DatasetValue } from '@graft/graph-schema'
import type { Network } from '@graft/network'
import { bindTransforms } from '../../transforms/index.js'
import type { Described } from '../network/torch-network.js'
import { learnedBy } from './frozen-names.js'
import type { ProgramPhase } from './program-plan.js'
import type { RecordedTrain } from './record.js'
import { shortened } from './shortened.js'

type Settings = Omit<
  ProgramPhase,
  'node' | 'train' | 'validation' | 'frozen' | 'batchStatistics' | 'fixedStages' | 'weights' | 'head' | 'parts'
>

/** What a Train is set to, with everything decided that a program needs. */
export function phaseSettings({ params, train }: RecordedTrain, network: Network, torch: Described): Settings {
  const { phase: name, ...given } = params
  const settings = trainSettings.parse(given)
  const { task } = taskOf(network)
  const weights = classWeights(task, settings.classWeights, train.countPerClass, train.count)
  return {
    name,
    epochs: settings.epochs,
    batchSize: batchSizeOf(settings, network, train),
    learningRate: settings.learningRate,
    optimizer: optimizerIn(settings),
    schedule: scheduleIn(settings),
    rateFactors: rateFactors(network, settings, torch),
    augmentation: augmentationOf(train),
    views: settings.views,
    labelSmoothing: settings.labelSmoothing,
    classWeights: weights === undefined ? null : [...weights],
    balanced: settings.sampling === 'balanced',
    mix: settings.mix,
    mixAlpha: settings.mixAlpha,
    focalGamma: settings.focalGamma,
    averageDecay: settings.averageDecay,
    soup: settings.soup,
    clipNorm: settings.clipNorm,
    patience: settings.patience,
    minDelta: settings.minDelta,
    monitor: task.curves.includes(settings.monitor) ? settings.monitor : 'loss',
    restoreBest: settings.restoreBest,
    dropLast: settings.dropLast === 'always',
    seed: settings.seed,
  }
}

/** A batch size that is left to the machine is chosen by the number of images alone: a program's machine isn't known. */
function batchSizeOf({ batchSize, ...settings }: TrainSettings, network: Network, { count }: DatasetValue): number {
  const memory = { total: Number.POSITIVE_INFINITY, free: Number.POSITIVE_INFINITY }
  const engine = { id: 'pytorch' }
  return planMemory({ batchSize, count, network, engine, optimizer: optimizerOf({ batchSize, ...settings }), memory })
    .batchSize
}

function optimizerIn(settings: TrainSettings): ProgramPhase['optimizer'] {
  const spec = optimizerOf(settings)
  const { weightDecay } = spec
  if (spec.name === 'sgd')
    return { name: 'SGD', options: { momentum: spec.momentum, nesterov: spec.nesterov }, weightDecay }
  const options = { betas: [spec.beta1, spec.beta2], eps: spec.epsilon }
  return { name: spec.name === 'adamw' ? 'AdamW' : 'Adam', options, weightDecay }
}

const scheduleNames = {
  cosine: 'cosine',
  constant: 'constant',
  step: 'step',
  oneCycle: 'one-cycle',
  plateau: 'plateau',
} as const

function scheduleIn(settings: TrainSettings): ProgramPhase['schedule'] {
  const { name, ...options } = scheduleOf(settings)
  return { name: scheduleNames[name], options: { ...options, warmup: warmupOf(settings) } }
}

/** Factors by the beginnings of names; 1 is left out. */
function rateFactors(network: Network, settings: TrainSettings, { names }: Described): Record<string, number> {
  const scale = learningRateScale(network, settings)
  const learned = network.layers.flatMap(learnedBy)
  const nameOf = (key: string): string => names.get(key) ?? key
  const factors = [...new Set(learned.map((key) => scale[key] ?? 1))].filter((factor) => factor !== 1)
  return Object.fromEntries(
    factors.flatMap((factor): [string, number][] => {
      const meant = new Set(learned.filter((key) => scale[key] === factor).map(nameOf))
      return shortened(meant, learned.map(nameOf)).map((beginning) => [beginning, factor])
    }),
  )
}

/** Those that change something, in the order that seeds them. */
function augmentationOf({ transforms }: DatasetValue): ProgramPhase['augmentation'] {
  return transforms
    .filter((transform) => bindTransforms([transform]).length > 0)
    .map(({ name, options, seed }) => ({ name, options: { ...options }, seed }))
}
