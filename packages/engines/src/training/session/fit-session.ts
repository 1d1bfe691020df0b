import type { Engine, Trainer, TrainerSpec } from '../../engine.js'
import { type BatchPlan, classGroups, planBatches } from '../steps/batches.js'
import type { FeatureSource } from '../features/feature-source.js'
import type { Host } from '../../host/host.js'
import type { FitEvent, FitOptions } from '../plan/fit-types.js'
import { type MemoryPlan, planMemory } from '../plan/memory-plan.js'
import { openFeatures, type OpenFeatures, tensorsOf } from '../features/open-features.js'
import { openTrainer } from '../opening/open-trainer.js'
import { type FitPlan, planFit, usesBatchStatistics } from '../plan/plan-fit.js'
import { createProgress } from '../plan/progress.js'
import { optimizerOf, type TrainSettings } from '../settings/index.js'

/**
 * Everything a run works with: the plan, the batches, what feeds the part that is stepped, and the trainer. `dispose`
 * frees what the engines and the cache hold.
 */
export interface FitSession extends FitPlan {
  readonly settings: TrainSettings
  readonly batches: BatchPlan
  readonly features: OpenFeatures
  readonly train: FeatureSource
  readonly validation: FeatureSource | null
  readonly trainer: Trainer
  /** Who trains: the engine asked for, or one that can. */
  readonly trainingEngine: Engine
  dispose(): Promise<void>
}

/**
 * Checks what was asked for, splits the network and prepares the engines, for whoever wants to take steps of their own
 * (see `takeStep`); `fit` is built on it. An engine that only runs whole trainings may refuse. Throws EngineError with
 * the fix. The caller disposes of the session.
 *
 * @example
 * const session = await openSession({ network, tensors, engines, train, settings: { batchSize: 16 } })
 * try {
 *   for (const [step, indices] of session.batches.epoch(0).entries())
 *     await takeStep(session, { step, indices, view: 0, rate: 1e-3 })
 *   const weights = await session.trainer.weights()
 * } finally {
 *   await session.dispose()
 * }
 */
export function openSession(options: FitOptions, host: Host): Promise<FitSession> {
  const { training, fallback } = options.engines
  return openFitSession(planFit(options, host), [training, ...(fallback ?? [])])
}

/** What memory allows for the run, which is told. */
export function planSessions(plan: FitPlan, candidates: readonly Engine[]): MemoryPlan {
  const { host, options, settings, emit, stepped } = plan
  const memory = planMemory({
    batchSize: settings.batchSize,
    optimizer: optimizerOf(settings),
    network: stepped,
    engine: candidates[0] ?? options.engines.training,
    count: options.train.count,
    memory: host.memory(),
  })
  tell(memory, emit)
  return memory
}

/** Splits the network and prepares both engines, `candidates` in turn to train. Throws EngineError with the fix. */
export async function openFitSession(
  plan: FitPlan,
  candidates: readonly Engine[],
  memory: MemoryPlan = planSessions(plan, candidates),
): Promise<FitSession> {
  const { options, settings: parsed, emit, learningRateScale } = plan
  const { train } = options
  const features = await openSplit(plan)
  try {
    const { suffix } = features
    const settings: TrainSettings = { ...parsed, batchSize: memory.batchSize }
    const spec: TrainerSpec = {
      tensors: tensorsOf(suffix, options.tensors),
      optimizer: optimizerOf(settings),
      loss: plan.loss,
      learningRateScale: Object.fromEntries(
        Object.entries(learningRateScale).filter(([name]) => suffix.parameters[name]),
      ),
      ...(settings.clipNorm > 0 && { clipNorm: settings.clipNorm }),
      ...(memory.largestPart !== undefined && { largestPart: memory.largestPart }),
      seed: settings.seed,
    }
    const warn = (message: string): void => emit({ type: 'log', level: 'warning', message })
    const { trainer, engine } = await openTrainer(
      candidates,
      suffix,
      spec,
      Math.min(settings.batchSize, train.count),
      warn,
    )
    return {
      ...plan,
      settings,
      features,
      trainer,
      trainingEngine: engine,
      batches: planBatches({
        ...settings,
        ...classGroups(plan),
        count: train.count,
        batchStatistics: usesBatchStatistics(plan.stepped),
      }),
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

function tell({ message, warning }: MemoryPlan, emit: (event: FitEvent) => void): void {
  if (message !== null) emit({ type: 'log', level: 'info', message })
  if (warning !== null) emit({ type: 'log', level: 'warning', message: warning })
}

function openSplit({ host, options, settings, views, breathe, emit }: FitPlan): Promise<OpenFeatures> {
  const { network, tensors, engines, train, validation, cacheDirectory } = options
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
