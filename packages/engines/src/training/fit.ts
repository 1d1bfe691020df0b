import type { Tensors } from '@graft/network'
import { engineName } from '../engine.js'
import type { FitCheckpoint } from './plan/checkpoint.js'
import { closeEpoch, type FitState, noSums, runEpoch } from './session/fit-epoch.js'
import { type FitSession, openFitSession } from './session/fit-session.js'
import type { FitOptions, FitResult } from './plan/fit-types.js'
import type { Host } from '../host/host.js'
import { freshMonitor, observe } from './session/monitor.js'
import { tensorsOf } from './features/open-features.js'
import { planFit } from './plan/plan-fit.js'
import { createProgress } from './plan/progress.js'
import { findCheckpoint, fingerprintOf } from './resume.js'
import { isComputed } from './settings/index.js'
import { solveFit } from './solve/solve-fit.js'
import { offerFit } from './take-over.js'

/**
 * Trains a network. At once, if the method says so (see `solveFit`). Else an engine that runs whole trainings is offered it first (see `FittingEngine`); otherwise splits the
 * frozen prefix off, runs it once per image and view (cached), and steps the rest. Same
 * options, same engine: the same weights, bit for bit, also when the run is interrupted and taken up from a checkpoint.
 * Throws EngineError, whose message says how to fix it, and an AbortError once the signal is given; everything the
 * engines hold is freed either way.
 */
export async function fit(options: FitOptions, host: Host): Promise<FitResult> {
  const start = host.now()
  const plan = planFit(options, host)
  if (isComputed(plan.settings)) return solveFit(plan, start)
  const offered = await offerFit(plan, [options.engines.training, ...(options.engines.fallback ?? [])])
  if ('result' in offered) return offered.result
  const session = await openFitSession(plan, offered.candidates)
  try {
    return await train(session, start)
  } finally {
    await session.dispose()
  }
}

async function train(session: FitSession, start: number): Promise<FitResult> {
  const { host, settings, batches, options, emit, trainer } = session
  const { checkpoint } = options
  const fingerprint = checkpoint ? await fingerprintOf(session, settings, session.trainingEngine) : ''
  const loaded = checkpoint ? await findCheckpoint(checkpoint, fingerprint, session, batches.stepsPerEpoch) : null
  if (loaded) await trainer.restore(loaded.trainer)
  const state = loaded ? stateOf(loaded) : freshState()
  const seconds = (): number => (loaded?.seconds ?? 0) + (host.now() - start) / 1000
  const save = async (): Promise<void> =>
    checkpoint?.save({
      ...state,
      fingerprint,
      curves: [...state.curves],
      trainer: await trainer.state(),
      seconds: seconds(),
    })
  const totalSteps = settings.epochs * batches.stepsPerEpoch
  const progress = createProgress(
    host,
    'steps',
    state.epoch * batches.stepsPerEpoch + state.position,
    emit,
    Math.min(settings.batchSize, options.train.count / batches.stepsPerEpoch),
  )
  const goesOn = (): boolean => state.epoch < settings.epochs && !state.monitor.stopped

  if (goesOn()) await prepareFeatures(session, state.epoch)
  while (goesOn()) {
    await runEpoch(
      session,
      state,
      (step) => progress(step, totalSteps),
      async () => {
        if (checkpoint?.everySteps && state.position % checkpoint.everySteps === 0) await save()
      },
    )
    await finishEpoch(session, state)
    const isLast = state.epoch === settings.epochs || state.monitor.stopped
    if (checkpoint && (isLast || state.epoch % (checkpoint.everyEpochs ?? 1) === 0)) await save()
  }
  return result(session, state, seconds())
}

/**
 * Both before the first step: if another engine has to step in for the frozen part, no step has seen features of the
 * first one.
 */
async function prepareFeatures({ train, validation, viewOf }: FitSession, epoch: number): Promise<void> {
  await train.prepare(viewOf(epoch))
  await validation?.prepare(0)
}

function freshState(): FitState {
  return { epoch: 0, position: 0, sums: noSums, monitor: freshMonitor, bestWeights: null, curves: [], images: 0 }
}

function stateOf({ epoch, position, sums, monitor, bestWeights, curves, images }: FitCheckpoint): FitState {
  return { epoch, position, sums, monitor, bestWeights, curves: [...curves], images }
}

/** Validates, watches for the best epoch, and moves on to the next one. */
async function finishEpoch(session: FitSession, state: FitState): Promise<void> {
  const { settings, trainer } = session
  const epoch = state.epoch + 1
  const metrics = await closeEpoch(session, state)
  if (metrics) {
    state.monitor = observe(state.monitor, epoch, metrics, session.monitored, settings)
    const isBest = state.monitor.bestEpoch === epoch
    if (settings.restoreBest && isBest) state.bestWeights = await trainer.weights()
    if (!settings.restoreBest) state.monitor = { ...state.monitor, validation: metrics }
  }
  Object.assign(state, { epoch, position: 0, sums: noSums })
}

async function result(session: FitSession, state: FitState, seconds: number): Promise<FitResult> {
  const { options, features, trainer } = session
  const trained = state.bestWeights ?? (await trainer.weights())
  return {
    tensors: merge(options.tensors, trained, session),
    curves: state.curves,
    bestEpoch: state.monitor.bestEpoch || state.epoch,
    stoppedEarly: state.monitor.stopped,
    epochsRun: state.epoch,
    seconds,
    imagesPerSecond: state.images / seconds,
    prefix: features.report(),
    engine: engineName(session.trainingEngine),
    validation: state.monitor.validation,
  }
}

/** Every parameter of the whole network, in its order: the trained part's from the trainer, the rest as it was. */
function merge(before: Tensors, trained: Tensors, { options }: FitSession): Tensors {
  return tensorsOf(options.network, new Map([...before, ...trained]))
}
