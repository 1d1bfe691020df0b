import type { Tensors } from '@graft/network'
import { engineName } from '../engine.js'
import type { Host } from '../host/host.js'
import { tensorsOf } from './features/open-features.js'
import type { FitCheckpoint } from './plan/checkpoint.js'
import type { FitOptions, FitResult, ValidationScores } from './plan/fit-types.js'
import { type FitPlan, planFit } from './plan/plan-fit.js'
import { createProgress } from './plan/progress.js'
import { findCheckpoint, fingerprintOf } from './resume.js'
import { type Course, type EnteredSession, openCourse } from './session/course.js'
import { closeEpoch, runEpoch, validate } from './session/fit-epoch.js'
import type { FitSession } from './session/fit-session.js'
import { type FitState, freshState, noSums, stateOf } from './session/fit-state.js'
import { asStanding, beginToFollow, gatherEpoch, joinEpochs, standing, withWeights } from './session/kept-weights.js'
import { observe } from './session/monitor.js'
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
  const course = openCourse(plan, offered.candidates)
  try {
    return await train(plan, course, start)
  } finally {
    await course.dispose()
  }
}

async function train(plan: FitPlan, course: Course, start: number): Promise<FitResult> {
  const { host, options, emit } = plan
  const { checkpoint } = options
  let session = await course.enter(0)
  const { settings, batches } = session
  const fingerprint = checkpoint ? await fingerprintOf(plan, settings, session.trainingEngine) : ''
  const loaded = checkpoint ? await findCheckpoint(checkpoint, fingerprint, session, batches) : null
  const state = loaded ? stateOf(loaded) : freshState()
  if (loaded) {
    session = await course.enter(epochOf(loaded))
    await session.trainer.restore(loaded.trainer)
  }
  const seconds = (): number => (loaded?.seconds ?? 0) + (host.now() - start) / 1000
  const save = async (): Promise<void> =>
    checkpoint?.save({
      ...state,
      fingerprint,
      optimizer: settings.optimizer,
      curves: [...state.curves],
      trainer: await session.trainer.state(),
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

  while (goesOn()) {
    session = await course.enter(state.epoch)
    await prepareFeatures(session, state.epoch)
    await beginToFollow(session, session.trainer, state)
    await runEpoch(
      session,
      state,
      (step) => progress(step, totalSteps),
      async () => {
        if (checkpoint?.everySteps && state.position % checkpoint.everySteps === 0) await save()
      },
    )
    await finishEpoch(plan, session, state)
    const isLast = state.epoch === settings.epochs || state.monitor.stopped
    if (checkpoint && (isLast || state.epoch % (checkpoint.everyEpochs ?? 1) === 0)) await save()
  }
  return result(plan, session, state, seconds)
}

/** The epoch that a checkpoint's trainer was in. */
const epochOf = ({ epoch, position }: FitCheckpoint): number => (position > 0 ? epoch : Math.max(0, epoch - 1))

/**
 * Both before the first step: if another engine has to step in for the frozen part, no step has seen features of the
 * first one.
 */
async function prepareFeatures({ train, validation, viewOf }: FitSession, epoch: number): Promise<void> {
  await train.prepare(viewOf(epoch))
  await validation?.prepare(0)
}

/** Validates, watches for the best epoch, and moves on to the next one. */
async function finishEpoch(plan: FitPlan, session: EnteredSession, state: FitState): Promise<void> {
  const { settings, trainer, stint } = session
  const epoch = state.epoch + 1
  const metrics = await asStanding(plan, trainer, state, () => closeEpoch(session, state))
  // Answers on smaller images than the network is for are no answer to which epoch is best.
  if (stint.fullSize) {
    if (metrics) {
      state.monitor = observe(state.monitor, epoch, metrics, session.monitored, settings)
      const isBest = state.monitor.bestEpoch === epoch
      if (settings.restoreBest && isBest) state.bestWeights = await standing(plan, trainer, state)
      if (!settings.restoreBest) state.monitor = { ...state.monitor, validation: metrics }
    }
    await gatherEpoch(plan, trainer, state, epoch)
  }
  Object.assign(state, { epoch, position: 0, sums: noSums })
}

async function result(plan: FitPlan, session: FitSession, state: FitState, seconds: () => number): Promise<FitResult> {
  const { aids, monitored, options, settings } = plan
  const { features, trainer } = session
  const scores = (weights: Tensors): Promise<ValidationScores | null> =>
    withWeights(trainer, weights, () => validate(session))
  const joined = await joinEpochs(
    plan,
    state,
    async (weights) => (await scores(weights))?.values[monitored.name] ?? null,
  )
  const trained = joined?.weights ?? state.bestWeights ?? (await standing(plan, trainer, state))
  const told = aids.map((aid) => (aid.join && joined ? joined.told : aid.tell(settings)))
  for (const message of told) plan.emit({ type: 'log', level: 'info', message })
  const time = seconds()
  return {
    tensors: tensorsOf(options.network, new Map([...options.tensors, ...trained])),
    curves: state.curves,
    bestEpoch: state.monitor.bestEpoch || state.epoch,
    stoppedEarly: state.monitor.stopped,
    epochsRun: state.epoch,
    seconds: time,
    imagesPerSecond: state.images / time,
    prefix: features.report(),
    engine: engineName(session.trainingEngine),
    validation: joined ? await scores(joined.weights) : state.monitor.validation,
    ...(joined && joined.epochs.length > 1 && { joinedEpochs: joined.epochs }),
    ...(told.length > 0 && { aids: told }),
  }
}
