import { textOf } from '@graft/errors'
import { unavailable } from '../engine.js'
import type { Engine, EngineInfo } from '../engine.js'
import type { TfjsBackend } from './backends.js'
import { startTensorFlow } from './backends.js'
import { createTfjsForward } from './forward.js'
import { installedTensorFlow } from './installed.js'
import { TfjsTrainer } from './trainer.js'

const id = 'tfjs'
const device = 'cpu'

/**
 * An engine on TensorFlow.js: on the backend asked for, else the one the environment variable GRAFT_TFJS_BACKEND names,
 * else the best that starts.
 */
export function createTfjsEngine(options: { readonly backend?: TfjsBackend } = {}): Engine {
  return {
    id,
    device,
    standsIn: true,
    deterministic: true,
    probe: () => probe(options.backend),
    installed: async () =>
      [options.backend ?? process.env['GRAFT_TFJS_BACKEND'] ?? 'any backend', await installedTensorFlow()].join('; '),
    forward: async (network, forwardOptions) =>
      createTfjsForward(await startTensorFlow(options.backend), network, forwardOptions),
    trainer: async (network, spec) => new TfjsTrainer(await startTensorFlow(options.backend), network, spec),
  }
}

/** TensorFlow.js on its best backend here. */
export const tfjsEngine: Engine = createTfjsEngine()

async function probe(backend: TfjsBackend | undefined): Promise<EngineInfo> {
  try {
    const started = await startTensorFlow(backend)
    return {
      id,
      available: true,
      trains: true,
      hardware: started.hardware,
      backend: started.backend,
      versions: started.versions,
      notes: started.notes,
    }
  } catch (error) {
    const problem = textOf(error)
    return unavailable({ id, device }, problem)
  }
}
