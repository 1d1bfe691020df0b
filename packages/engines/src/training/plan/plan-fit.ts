import { must } from '@graft/errors'
import { type Head, type Network, splitFrozenPrefix } from '@graft/network'
import { z } from 'zod'
import { EngineError, type Loss } from '../../engine.js'
import type { Host } from '../../host/host.js'
import { classWeights, type MetricDescription, type TargetOptions, type Task } from '../../tasks/index.js'
import { createBreather } from './abort.js'
import { checkInputs } from '../data/check-inputs.js'
import type { FitEvent, FitOptions } from './fit-types.js'
import { learningRateScale } from './learning-rate-scale.js'
import { aidsOf, type TrainingAid } from '../aids/index.js'
import { checkTrainSettings, isComputed, type TrainSettings, trainSettings } from '../settings/index.js'
import { taskOf } from '../scores/task-of.js'

/** What a run is about, checked and with everything decided that doesn't depend on who trains. */
export interface FitPlan {
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
  /** What is minimised. */
  readonly loss: Loss
  /** What helps along, of the settings. */
  readonly aids: readonly TrainingAid[]
  /** The part that is stepped once all learns that is to: memory and batches are planned for it. */
  readonly stepped: Network
  /** Multiplier on the learning rate by parameter name. */
  readonly learningRateScale: Readonly<Record<string, number>>
  /** Views of an image that there are; each epoch shows one. */
  readonly views: number
  /** Augmented view of an epoch (from 0). */
  readonly viewOf: (epoch: number) => number
  readonly breathe: () => Promise<void>
  readonly emit: (event: FitEvent) => void
}

/** Checks what was asked for, and says what is worth a warning. Throws EngineError with the fix. */
export function planFit(options: FitOptions, host: Host): FitPlan {
  const { network, train, validation } = options
  const settings = parseSettings(options.settings)
  const emit = options.onEvent ?? (() => {})
  const { task, head } = taskOf(network)
  const { classes, counts, warnings } = checkInputs(network, task, train, validation)
  const monitored = monitoredMetric(task, settings.monitor, warnings)
  const weights = classWeights(task, settings.classWeights, counts, train.count)
  const scale = learningRateScale(network, settings)
  if (!validation && settings.patience > 0)
    warnings.push(
      "There are no validation images, so training can't stop early; it runs all epochs. Connect a validation set.",
    )
  const split = splitFrozenPrefix(network)
  const own = isComputed(settings) ? [] : aidsOf(settings)
  const run = {
    network,
    hasFrozenPart: split.prefix !== null,
    learningRateScale: scale,
    counts,
    images: train.count,
    augmented: train.random,
  }
  warnings.push(...checkTrainSettings(settings, run).map(({ message, fix }) => `${message} ${fix}`))
  for (const message of warnings) emit({ type: 'log', level: 'warning', message })
  const views = settings.views || settings.epochs
  return {
    host,
    options,
    settings,
    task,
    head,
    classes,
    targets: { labelSmoothing: settings.labelSmoothing, ...(weights && { classWeights: weights }) },
    monitored,
    loss: own.reduce((loss, aid) => aid.loss?.(task, settings) ?? loss, task.loss),
    aids: own,
    stepped: split.suffix,
    learningRateScale: scale,
    views: Math.min(views, settings.epochs),
    viewOf: (epoch) => (train.random ? epoch % views : 0),
    breathe: createBreather(host, options.signal),
    emit,
  }
}

/** Does batch normalisation see the batch while it trains, somewhere in the network? */
export function usesBatchStatistics(network: Network): boolean {
  return network.layers.some(({ statistics }) => statistics === 'batch')
}

/** What the task measures under that name after every epoch; else its loss, with a warning. */
function monitoredMetric(task: Task, name: string, warnings: string[]): MetricDescription {
  const watched = task.curves.includes(name) ? name : 'loss'
  if (watched !== name)
    warnings.push(
      `"${name}" is not measured after every epoch of this network (${task.title.toLowerCase()}), so the loss is watched. Choose one of ${task.curves.join(', ')}.`,
    )
  return must(
    task.metrics.find((metric) => metric.name === watched),
    `the metric "${watched}"`,
  )
}

function parseSettings(settings: FitOptions['settings']): TrainSettings {
  const parsed = trainSettings.safeParse(settings)
  if (parsed.success) return parsed.data
  throw new EngineError(
    'The training settings are not valid.',
    `Correct these fields:\n${z.prettifyError(parsed.error)}`,
  )
}
