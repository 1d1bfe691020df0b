import type { Network } from '@graft/network'
import type { EngineDevice, Trainer, TrainerSpec } from '../../engine.js'
import { loadRuntime } from '../runtime.js'
import { OnnxTrainer } from './onnx-trainer.js'

export { trainingMemory } from './training-memory.js'

/**
 * Prepares training with the whole step as one ONNX graph. Throws EngineError when nothing is trainable or a value is
 * missing.
 */
export async function createOnnxTrainer(
  network: Network,
  spec: TrainerSpec,
  device: EngineDevice = 'cpu',
): Promise<Trainer> {
  return new OnnxTrainer(await loadRuntime(device), network, spec)
}
