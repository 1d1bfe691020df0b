import { type Batch, EngineError } from '../../engine.js'
import type { Label } from '../../tasks/index.js'
import type { FitSession } from './fit-session.js'
import { mixBatch } from '../steps/mixing.js'

/** One optimizer step: which images, which of their views, at what rate. */
export interface StepRequest {
  /** Counts from 0 over the whole run; seeds dropout. */
  readonly step: number
  readonly indices: readonly number[]
  /** Augmented view of the images; 0 without augmentation. */
  readonly view: number
  readonly rate: number
}

/** Where numbers stopped being finite. */
export interface Divergence {
  readonly kind: 'diverged'
  /** The loss of a training step, or that of the validation images after it. */
  readonly at: 'training' | 'validation'
  readonly step: number
  readonly rate: number
  readonly loss: number
  /** Before clipping; NaN where it isn't known. */
  readonly gradientNorm: number
}

/** What a step came to: divergence is a result, because for a sweep it is the answer. */
export type StepOutcome =
  | {
      readonly kind: 'stepped'
      readonly loss: number
      readonly gradientNorm: number
      /** Outputs `[n, outputs]` from before the step. */
      readonly logits: Batch
      readonly labels: readonly Label[]
    }
  | Divergence

/**
 * Takes one optimizer step. Throws EngineError when the engine fails, never because the loss isn't finite.
 *
 * @example
 * const session = await openSession(options)
 * const [indices = []] = session.batches.epoch(0)
 * const outcome = await takeStep(session, { step: 0, indices, view: 0, rate: 1e-3 })
 * if (outcome.kind === 'diverged') console.log(`The loss became ${outcome.loss}.`)
 * await session.dispose()
 */
export async function takeStep(session: FitSession, { step, indices, view, rate }: StepRequest): Promise<StepOutcome> {
  const { trainer, train, options, task, classes } = session
  const labels = indices.map((index) => options.train.labels[index] as Label)
  const targets = task.targets(labels, classes, session.targets)
  const mixed = mixBatch({ images: await train.load(indices, view), targets }, session.settings, step)
  const { loss, logits, gradientNorm } = await trainer.step(mixed.images, mixed.targets, rate, step)
  return Number.isFinite(loss) && Number.isFinite(gradientNorm)
    ? { kind: 'stepped', loss, gradientNorm, logits, labels }
    : { kind: 'diverged', at: 'training', step, rate, loss, gradientNorm }
}

/** A training that diverged, with where it did. */
export class DivergenceError extends EngineError {
  constructor(
    readonly divergence: Divergence,
    epoch: number,
  ) {
    const { at, loss, gradientNorm, step, rate } = divergence
    const what =
      at === 'training'
        ? `the loss became ${loss} and the gradient's norm ${gradientNorm}`
        : `the validation loss became ${loss}`
    super(
      `Training diverged: ${what} at step ${step + 1} (epoch ${epoch + 1}), with a learning rate of ${Number(rate.toPrecision(3))}. Expected finite numbers.`,
      `Lower the learning rate (try ${Number((rate / 10).toPrecision(2))}), clip gradients (clipNorm 1), or warm up; if it happens at the first step, check the weights and the preprocessing.`,
    )
  }
}
