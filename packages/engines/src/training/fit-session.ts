import type { Head, Network } from '@graft/network'
import { z } from 'zod'
import { type Engine, EngineError, type Trainer, type TrainerSpec } from '../engine.js'
import type { Host } from '../host/host.js'
import { createBreather } from './abort.js'
import { type BatchPlan, planBatches } from './batches.js'
import { checkInputs } from './check-inputs.js'
import { classWeights, type MetricDescription, type TargetOptions, type Task } from '../tasks/index.js'
import type { FeatureSource } from './features/feature-source.js'
import type { FitEvent, FitOptions } from './fit-types.js'
import { learningRateScale } from './learning-rate-scale.js'
import { type MemoryPlan, planMemory } from './memory-plan.js'
import { openFeatures, type OpenFeatures, tensorsOf } from './open-features.js'
import { openTrainer } from './open-trainer.js'
import { createProgress } from './progress.js'
import { taskOf } from './task-of.js'
import { type ParsedTrainSettings, trainSettings, type TrainSettings } from './settings.js'

/** Everything a run works with; `dispose` frees what the engines and the cache hold. */
export interface FitSession {
  readonly host: Host
  readonly options: FitOptions
  readonly settings: TrainSettings
  readonly task: Task
  readonly head: Head
  readonly classes: number
  /** How the targets are made: smoothing and class weights. */
  readonly targets: TargetOptions
  /** What the best epoch is chosen by. */
  readonly monitored: MetricDescription
  readonly batches: BatchPlan
  /** Augmented view of an epoch (from 0). */
  readonly viewOf: (epoch: number) => number
  readonly features: OpenFeatures
  readonly train: FeatureSource
  readonly validation: FeatureSource | null
  readonly trainer: Trainer
  /** Who trains: the engine asked for, or one that can. */
  readonly trainingEngine: Engine
  readonly breathe: () => Promise<void>
  readonly emit: (event: FitEvent) => void
  dispose(): Promise<void>
}

/** Checks what was asked for, splits the network, and prepares both engines. Throws EngineError with the fix. */
export async function openFitSession(options: FitOptions, host: Host): Promise<FitSession> {
  const { network, train, validation } = options
  const parsed = parseSettings(options.settings)
  const emit = options.onEvent ?? (() => {})
  const { task, head } = taskOf(network)
  const { classes, counts, warnings } = checkInputs(network, task, train, validation)
  const monitored = monitoredMetric(task, parsed.earlyStopping?.metric ?? 'loss')
  const weights = classWeights(task, parsed.classWeights, counts, train.count)
  const scale = learningRateScale(network, parsed)
  if (!validation && parsed.earlyStopping)
    warnings.push(
      "There are no validation images, so training can't stop early; it runs all epochs. Connect a validation set.",
    )
  for (const message of warnings) emit({ type: 'log', level: 'warning', message })
  const breathe = createBreather(host, options.signal)
  const views = parsed.views || parsed.epochs
  const features = await openSplit(options, host, parsed, Math.min(views, parsed.epochs), breathe)
  try {
    const { suffix } = features
    const memory = planMemory({
      ...parsed,
      network: suffix,
      engine: options.engines.training,
      count: train.count,
      memory: host.memory(),
    })
    tell(memory, emit)
    const settings: TrainSettings = { ...parsed, batchSize: memory.batchSize }
    const spec: TrainerSpec = {
      tensors: tensorsOf(suffix, options.tensors),
      optimizer: settings.optimizer,
      loss: task.loss,
      learningRateScale: Object.fromEntries(Object.entries(scale).filter(([name]) => suffix.parameters[name])),
      ...(settings.clipNorm !== null && { clipNorm: settings.clipNorm }),
      ...(memory.largestPart !== undefined && { largestPart: memory.largestPart }),
      seed: settings.seed,
    }
    const warn = (message: string): void => emit({ type: 'log', level: 'warning', message })
    const candidates = [options.engines.training, ...(options.engines.fallback ?? [])]
    const { trainer, engine } = await openTrainer(
      candidates,
      suffix,
      spec,
      Math.min(settings.batchSize, train.count),
      warn,
    )
    return {
      host,
      options,
      settings,
      task,
      head,
      classes,
      monitored,
      targets: { labelSmoothing: settings.labelSmoothing, ...(weights && { classWeights: weights }) },
      features,
      trainer,
      trainingEngine: engine,
      breathe,
      emit,
      batches: planBatches({ ...settings, count: train.count, batchStatistics: usesBatchStatistics(suffix) }),
      viewOf: (epoch) => (train.random ? epoch % views : 0),
      train: features.sources[0] as FeatureSource,
      validation: features.sources[1] ?? null,
      dispose: async () => {
        try {
          await trainer.dispose()
        } finally {
          await features.dispose()
        }
      },
    }
  } catch (error) {
    await features.dispose()
    throw error
  }
}

/** Throws EngineError when the task doesn't measure what is to be watched. */
function monitoredMetric(task: Task, name: string): MetricDescription {
  const found = task.metrics.find((metric) => metric.name === name)
  if (found) return found
  throw new EngineError(
    `Early stopping watches "${name}", which is not measured here.`,
    `Choose one of ${task.metrics.map((metric) => metric.name).join(', ')}.`,
  )
}

function tell({ message, warning }: MemoryPlan, emit: (event: FitEvent) => void): void {
  if (message !== null) emit({ type: 'log', level: 'info', message })
  if (warning !== null) emit({ type: 'log', level: 'warning', message: warning })
}

function openSplit(
  options: FitOptions,
  host: Host,
  settings: ParsedTrainSettings,
  views: number,
  breathe: () => Promise<void>,
): Promise<OpenFeatures> {
  const { network, tensors, engines, train, validation, cacheDirectory, onEvent } = options
  const emit = onEvent ?? (() => {})
  let report: ReturnType<typeof createProgress> | undefined
  return openFeatures({
    host,
    network,
    tensors,
    cacheDirectory,
    memoryBytes: options.memoryBytes,
    breathe,
    engine: engines.forward,
    fallback: engines.fallback,
    choice: settings.cacheFeatures,
    demands: [{ source: train, views }, ...(validation ? [{ source: validation, views: 1 }] : [])],
    readAgain: settings.epochs > views || (!train.random && settings.epochs > 1),
    onProgress: (done, total) => {
      report ??= createProgress(host, 'images', 0, emit)
      report(done, total)
      if (done === total) report = undefined
    },
    onLog: (message) => emit({ type: 'log', level: 'info', message }),
    onWarning: (message) => emit({ type: 'log', level: 'warning', message }),
  })
}

function parseSettings(settings: FitOptions['settings']): ParsedTrainSettings {
  const parsed = trainSettings.safeParse(settings)
  if (parsed.success) return parsed.data
  throw new EngineError(
    'The training settings are not valid.',
    `Correct these fields:\n${z.prettifyError(parsed.error)}`,
  )
}

function usesBatchStatistics(network: Network): boolean {
  return network.layers.some(({ statistics }) => statistics === 'batch')
}
