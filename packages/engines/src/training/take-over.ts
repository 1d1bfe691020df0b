import { textOf } from '@graft/errors'
import type { Network, Tensors } from '@graft/network'
import { type Engine, EngineError, engineName } from '../engine.js'
import type { TargetOptions, Task } from '../tasks/index.js'
import { type BatchPlan, classGroups, planBatches } from './steps/batches.js'
import type { FitCheckpoint, FitCheckpoints } from './plan/checkpoint.js'
import type { FitEvent, FitResult } from './plan/fit-types.js'
import type { ImageSource } from './data/image-source.js'
import { learningRateAt } from './steps/learning-rate.js'
import { planMemory } from './plan/memory-plan.js'
import { type FitPlan, usesBatchStatistics } from './plan/plan-fit.js'
import { findCheckpoint, fingerprintOf } from './resume.js'
import { findSchedule } from './schedules/index.js'
import { optimizerOf, type TrainSettings } from './settings/index.js'

/**
 * An engine that runs a whole training by itself, say in a process of its own, instead of being stepped: a call per
 * step would be its bottleneck. `fit` offers it the run first. Where single steps are needed its `trainer` is asked
 * like any other's, and may refuse.
 */
export interface FittingEngine extends Engine {
  /** Names of the training aids, and of the schedules that follow scores, that it knows too. Absent: none. */
  readonly aids?: readonly string[]
  /** Gets ready to run the job. Throws EngineError when it can't, and the next engine is asked. */
  openFit(job: FitJob): Promise<OpenedFit>
}

export interface OpenedFit {
  /**
   * Trains to the end. Events, checkpoints and result are those of `fit`, frozen parameters as they came out of it;
   * throws EngineError when training fails and an AbortError once the signal is given.
   */
  run(): Promise<Omit<FitResult, 'engine'>>
  dispose(): Promise<void>
}

/** A run with everything decided: an engine that keeps to it gives what stepping would give. */
export interface FitJob {
  readonly network: Network
  /** Values of every parameter of the network; never to be changed. */
  readonly tensors: Tensors
  readonly settings: TrainSettings
  readonly task: Task
  /** What the targets of a batch are made with (`task.targets`). */
  readonly targets: TargetOptions
  /** Outputs of the network. */
  readonly classes: number
  readonly train: ImageSource
  readonly validation?: ImageSource
  /** Which images make up which batch. */
  readonly batches: BatchPlan
  /** The view of the images that an epoch (from 0) shows. */
  viewOf(epoch: number): number
  /** Learning rate of a step, counted from 0 over the whole run. */
  learningRateAt(step: number): number
  /** Multiplier on the learning rate by parameter name; default 1. */
  readonly learningRateScale: Readonly<Record<string, number>>
  readonly signal?: AbortSignal
  /** As in `FitOptions`. */
  readonly request?: unknown
  readonly cacheDirectory?: string
  emit(event: FitEvent): void
  /** The state to go on from; null: from the beginning. */
  readonly resume: FitCheckpoint | null
  /** Keeps the state of the run; absent: no one keeps any. */
  readonly checkpoint?: Pick<FitCheckpoints, 'everyEpochs' | 'everySteps' | 'due'> & {
    save(state: Omit<FitCheckpoint, 'fingerprint'>): Promise<void>
  }
}

const takesOver = (engine: Engine): engine is FittingEngine => 'openFit' in engine

/** What became of a run that was offered: its result, or who is left to step it. */
export type Offered = { readonly result: FitResult } | { readonly candidates: readonly Engine[] }

/** Offers the run to the engines before the first that steps, in order; one that refuses is passed over with a warning. */
export async function offerFit(plan: FitPlan, candidates: readonly Engine[]): Promise<Offered> {
  const [engine, ...others] = candidates
  if (!engine || !takesOver(engine)) return { candidates }
  const unknown = wantedOf(plan).filter((name) => !engine.aids?.includes(name))
  if (unknown.length > 0) {
    const message = `${engineName(engine)} can't train with ${unknown.join(', ')}.`
    if (others.length === 0) throw new EngineError(message, 'Turn it off, or choose another engine.')
    plan.emit({ type: 'log', level: 'warning', message })
    return offerFit(plan, others)
  }
  const job = await jobFor(engine, plan)
  const opened = await engine.openFit(job).catch((error: unknown) => {
    if (!(error instanceof EngineError) || others.length === 0) throw error
    const message = `${engineName(engine)} can't train this network. ${textOf(error)}`
    plan.emit({ type: 'log', level: 'warning', message })
  })
  if (!opened) return offerFit(plan, others)
  try {
    return { result: { ...(await opened.run()), engine: engineName(engine) } }
  } finally {
    await opened.dispose()
  }
}

/** What the run needs beyond what every engine does that takes over. */
const wantedOf = ({ aids, settings: { schedule } }: FitPlan): readonly string[] => [
  ...aids.map(({ name }) => name),
  ...(findSchedule(schedule).followsScores ? [schedule] : []),
]

async function jobFor(engine: Engine, plan: FitPlan): Promise<FitJob> {
  const { host, options, emit, task, targets, classes, viewOf, learningRateScale } = plan
  const { network, tensors, train, validation, checkpoint, signal, request, cacheDirectory } = options
  const { batchSize } = planMemory({
    batchSize: plan.settings.batchSize,
    optimizer: optimizerOf(plan.settings),
    network,
    engine,
    count: train.count,
    memory: host.memory(),
  })
  const settings = { ...plan.settings, batchSize }
  const batches = planBatches({
    ...settings,
    ...classGroups(plan),
    count: train.count,
    batchStatistics: usesBatchStatistics(network),
  })
  const fingerprint = checkpoint ? await fingerprintOf(plan, settings, engine) : ''
  return {
    network,
    tensors,
    settings,
    task,
    targets,
    classes,
    train,
    ...(validation && { validation }),
    batches,
    viewOf,
    learningRateAt: (step) => learningRateAt({ settings, batches, monitored: plan.monitored }, step),
    learningRateScale,
    ...(signal && { signal }),
    ...(request !== undefined && { request }),
    ...(cacheDirectory !== undefined && { cacheDirectory }),
    emit,
    resume: checkpoint ? await findCheckpoint(checkpoint, fingerprint, plan, batches) : null,
    ...(checkpoint && {
      checkpoint: {
        ...checkpoint,
        save: (state) => checkpoint.save({ ...state, fingerprint, optimizer: settings.optimizer }),
      },
    }),
  }
}
