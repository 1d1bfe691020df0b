import type { Network } from '@graft/network'
import type { Engine, Trainer, TrainerSpec } from '../engine.js'
import { EngineError } from '../engine.js'

export interface OpenedTrainer {
  readonly engine: Engine
  readonly trainer: Trainer
}

/**
 * Prepares training with the first engine of the list that can train this network, at this size. An engine that refuses is passed over with a
 * warning that says why; when all refuse, the first one's EngineError is thrown.
 */
export async function openTrainer(engines: readonly Engine[], network: Network, spec: TrainerSpec, pictures: number, warn: (message: string) => void): Promise<OpenedTrainer> {
  const refusals: EngineError[] = []
  for (const [index, engine] of engines.entries()) {
    try {
      const trainer = await prepared(engine, network, spec, pictures)
      const [refusal] = refusals
      if (refusal) warn(`Training runs on the engine ${engine.id}, which may be slower: ${engines[index - 1]?.id ?? 'the other'} can't train this network. ${refusal.message}`)
      return { engine, trainer }
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      refusals.push(error)
    }
  }
  throw refusals[0] ?? new EngineError('There is no engine to train with. "graft doctor" shows which engines work here.')
}

async function prepared(engine: Engine, network: Network, spec: TrainerSpec, pictures: number): Promise<Trainer> {
  const trainer = await engine.trainer(network, spec)
  try {
    await trainer.prepare?.(pictures)
    return trainer
  } catch (error) {
    await trainer.dispose()
    throw error
  }
}
