import type { Network } from '@graft/network'
import type { Engine, Trainer, TrainerSpec } from '../engine.js'
import { EngineError, engineName } from '../engine.js'

export interface OpenedTrainer {
  readonly engine: Engine
  readonly trainer: Trainer
}

/**
 * Prepares training with the first engine of the list that can train this network, at this size. An engine that refuses is passed over with a
 * warning that says why; when all refuse, the first one's EngineError is thrown.
 */
export async function openTrainer(engines: readonly Engine[], network: Network, spec: TrainerSpec, pictures: number, warn: (message: string) => void): Promise<OpenedTrainer> {
  const refusals: { readonly engine: Engine; readonly error: EngineError }[] = []
  for (const engine of new Set(engines)) {
    try {
      const trainer = await prepared(engine, network, spec, pictures)
      for (const refusal of refusals) warn(`Training runs on the engine ${engineName(engine)}, which may be slower: ${engineName(refusal.engine)} can't train this network. ${refusal.error.message}`)
      return { engine, trainer }
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      refusals.push({ engine, error })
    }
  }
  throw refusals[0]?.error ?? new EngineError('There is no engine to train with. "graft doctor" shows which engines work here.')
}

async function prepared(engine: Engine, network: Network, spec: TrainerSpec, pictures: number): Promise<Trainer> {
  const trainer = await engine.trainer(network, spec)
  try {
    await trainer.prepare?.(pictures)
    return trainer
  } catch (error) {
    await trainer.dispose().catch(() => undefined)
    throw error
  }
}
