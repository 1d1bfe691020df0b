import { textOf } from '@graft/errors'
import type { Network } from '@graft/network'
import type { Engine, Trainer, TrainerSpec } from '../../engine.js'
import { EngineError, engineName } from '../../engine.js'
import { firstThatCan } from './first-that-can.js'

export interface OpenedTrainer {
  readonly engine: Engine
  readonly trainer: Trainer
}

/**
 * Prepares training with the first engine of the list that can train this network, at this size. An engine that refuses
 * is passed over with a warning that says why; when all refuse, the first one's EngineError is thrown.
 */
export async function openTrainer(
  engines: readonly Engine[],
  network: Network,
  spec: TrainerSpec,
  images: number,
  warn: (message: string) => void,
): Promise<OpenedTrainer> {
  const { engine, opened } = await firstThatCan(
    engines,
    (candidate) => prepared(candidate, network, spec, images),
    (refusal, other) =>
      warn(
        `Training runs on the engine ${engineName(other)}, which may be slower: ${engineName(refusal.engine)} can't train this network. ${textOf(refusal.error)}`,
      ),
    new EngineError('There is no engine to train with.', '"graft doctor" shows which engines work here.'),
  )
  return { engine, trainer: opened }
}

async function prepared(engine: Engine, network: Network, spec: TrainerSpec, images: number): Promise<Trainer> {
  const trainer = await engine.trainer(network, spec)
  try {
    await trainer.prepare?.(images)
    return trainer
  } catch (error) {
    await trainer.dispose().catch(() => undefined)
    throw error
  }
}
