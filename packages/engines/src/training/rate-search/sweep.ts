import type { Host } from '../../host/host.js'
import { EngineError, engineName } from '../../engine.js'
import { type FitSession, openSession } from '../session/fit-session.js'
import type { FitOptions } from '../plan/fit-types.js'
import { createProgress } from '../plan/progress.js'
import { type Divergence, takeStep } from '../session/take-step.js'

export interface SweepOptions extends Omit<FitOptions, 'validation' | 'checkpoint'> {
  /** Learning rate of each step, in order. */
  readonly rates: readonly number[]
  /** Ends the sweep once the loss is so many times the smallest so far; absent: only divergence ends it. */
  readonly stopAbove?: number
}

export interface SweepPoint {
  readonly rate: number
  /** Loss of the batch before the step; float32. */
  readonly loss: number
  readonly gradientNorm: number
}

export interface SweepResult {
  /** One per step that was taken, in order. */
  readonly points: readonly SweepPoint[]
  /** What ended it before the last rate; null when nothing did. */
  readonly end: Divergence | { readonly kind: 'risen'; readonly step: number } | null
  /** Who trained. */
  readonly engine: string
}

/**
 * Trains a few steps at given rates and throws the weights away: a learning-rate range test (Smith 2017). Same options,
 * same engine: the same points, bit for bit. Throws EngineError like `fit`, but not for divergence, and an AbortError
 * once the signal is given.
 *
 * @example
 * // Rates from 1e-6 to 1, a hundred of them.
 * const rates = Array.from({ length: 100 }, (_, index) => 10 ** (-6 + (6 * index) / 99))
 * const { points, end } = await sweep({ network, tensors, engines, train, settings: {}, rates, stopAbove: 4 })
 */
export async function sweep({ rates, stopAbove, ...options }: SweepOptions, host: Host): Promise<SweepResult> {
  const wrong = rates.find((rate) => !(rate >= 0 && Number.isFinite(rate)))
  if (wrong !== undefined || rates.length === 0)
    throw new EngineError(
      wrong === undefined ? 'There are no learning rates to sweep over.' : `A learning rate of the sweep is ${wrong}.`,
      'Give at least one rate; every one is a number from 0.',
    )
  const session = await openSession(options, host)
  try {
    return await run(session, rates, stopAbove ?? Infinity)
  } finally {
    await session.dispose()
  }
}

async function run(session: FitSession, rates: readonly number[], stopAbove: number): Promise<SweepResult> {
  const { host, emit, settings, breathe, train } = session
  const points: SweepPoint[] = []
  const progress = createProgress(host, 'steps', 0, emit, settings.batchSize)
  const ended = (end: SweepResult['end']): SweepResult => ({
    points,
    end,
    engine: engineName(session.trainingEngine),
  })
  for (const [step, rate] of rates.entries()) {
    await breathe()
    const { indices, view } = batchOf(session, step)
    await train.prepare(view)
    const outcome = await takeStep(session, { step, indices, view, rate })
    if (outcome.kind === 'diverged') return ended(outcome)
    const { loss, gradientNorm } = outcome
    points.push({ rate, loss, gradientNorm })
    progress(step + 1, rates.length)
    if (loss > stopAbove * Math.min(...points.map((point) => point.loss))) return ended({ kind: 'risen', step })
  }
  return ended(null)
}

/** The batch that a training would take at that step. */
function batchOf({ batches, viewOf }: FitSession, step: number): { indices: readonly number[]; view: number } {
  const epoch = Math.floor(step / batches.stepsPerEpoch)
  return { indices: batches.epoch(epoch)[step % batches.stepsPerEpoch] ?? [], view: viewOf(epoch) }
}
