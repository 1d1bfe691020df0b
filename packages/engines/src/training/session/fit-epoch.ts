import { range } from '../steps/batches.js'
import type { FitSession } from './fit-session.js'
import type { FitState } from './fit-state.js'
import { followStep } from './kept-weights.js'
import type { MetricPoint, ValidationScores } from '../plan/fit-types.js'
import { scoresOf } from '../scores/task-of.js'
import { learningRateAt } from '../steps/learning-rate.js'
import { epochPoints, stepPoints, validationPoints } from './points.js'
import { DivergenceError, takeStep } from './take-step.js'

/** Steps from the state's position to the end of its epoch; `afterStep` may save a checkpoint. */
export async function runEpoch(
  session: FitSession,
  state: FitState,
  onStep: (step: number) => void,
  afterStep: () => Promise<void>,
): Promise<void> {
  const { batches, train, breathe } = session
  const view = session.viewOf(state.epoch)
  await train.prepare(view)
  const plan = batches.epoch(state.epoch)
  train.prefetch(plan[state.position] ?? [], view)
  while (state.position < plan.length) {
    await breathe()
    train.prefetch(plan[state.position + 1] ?? [], view)
    await runStep(session, state, plan[state.position] as readonly number[], view)
    state.position += 1
    onStep(state.epoch * batches.stepsPerEpoch + state.position)
    if (state.position < plan.length) await afterStep()
  }
}

async function runStep(session: FitSession, state: FitState, indices: readonly number[], view: number): Promise<void> {
  const { settings, batches, task, classes } = session
  const step = state.epoch * batches.stepsPerEpoch + state.position
  const totalSteps = settings.epochs * batches.stepsPerEpoch
  const rate = learningRateAt(session, step, state.curves)
  const outcome = await takeStep(session, { step, indices, view, rate })
  if (outcome.kind === 'diverged') throw new DivergenceError(outcome, state.epoch)
  const { loss, logits, labels } = outcome
  const { sums } = state
  state.sums = {
    loss: sums.loss + loss * labels.length,
    hits: sums.hits + task.hits({ values: logits.data, width: classes }, labels),
    seen: sums.seen + labels.length,
  }
  await followStep(session, session.trainer, state, step)
  state.images += labels.length
  record(session, state, stepPoints({ epoch: state.epoch, step, totalSteps, loss, rate }))
}

/** Adds the finished epoch's points to the curves; null without a validation set. */
export async function closeEpoch(session: FitSession, state: FitState): Promise<ValidationScores | null> {
  const step = (state.epoch + 1) * session.batches.stepsPerEpoch
  const rate = learningRateAt(session, step - 1, state.curves)
  const { sums } = state
  const closed = { epoch: state.epoch + 1, step, task: session.task, rate }
  const measured = { loss: sums.loss / sums.seen, hitRate: sums.hits / sums.seen }
  record(session, state, epochPoints({ ...closed, ...measured }, state.curves))
  const scores = await validate(session)
  if (!scores) return null
  const { loss = Number.NaN } = scores.values
  if (!Number.isFinite(loss))
    throw new DivergenceError(
      { kind: 'diverged', at: 'validation', step: step - 1, rate, loss, gradientNorm: Number.NaN },
      state.epoch,
    )
  record(session, state, validationPoints(closed, scores))
  return scores
}

/** Scores of the weights that are stepped on the validation set; null without one. */
export async function validate({
  validation,
  options,
  settings,
  classes,
  task,
  head,
  trainer,
  breathe,
}: FitSession): Promise<ValidationScores | null> {
  const source = options.validation
  if (!validation || !source) return null
  const { batchSize } = settings
  const logits = new Float32Array(source.count * classes)
  for (let start = 0; start < source.count; start += batchSize) {
    await breathe()
    validation.prefetch(range(start + batchSize, batchSize, source.count), 0)
    logits.set(
      (await trainer.evaluate(await validation.load(range(start, batchSize, source.count), 0))).data,
      start * classes,
    )
  }
  return scoresOf(task, head, { values: logits, width: classes }, source.labels)
}

function record({ emit }: FitSession, state: FitState, points: readonly MetricPoint[]): void {
  for (const point of points) {
    state.curves.push(point)
    emit({ type: 'metric', ...point })
  }
}
