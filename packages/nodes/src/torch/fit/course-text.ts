import type { Tensors } from '@graft/network'
import { decodeCheckpoint, encodeCheckpoint, type FitCheckpoint } from '@graft/engines'

/**
 * What Graft knows of a training up to a checkpoint, without weights: curves, scores and what early stopping remembers.
 * A machine that is not as far is sent it along with the program's own checkpoint, so that it ends with the whole.
 */
export function courseText(state: Omit<FitCheckpoint, 'fingerprint'>): string {
  const { trainer, ...rest } = state
  const none: Tensors = new Map()
  const bare = {
    ...{ ...rest, fingerprint: '', bestWeights: null, kept: {} },
    trainer: { step: trainer.step, weights: none, slots: none },
  }
  return Buffer.from(encodeCheckpoint(bare)).toString('base64')
}

/** The same again. Throws EngineError where it is none. */
export const readCourse = (text: string): FitCheckpoint => decodeCheckpoint(Buffer.from(text, 'base64'))
