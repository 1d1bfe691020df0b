import type { Network } from '@graft/network'
import type { InferenceSession } from 'onnxruntime-node'
import { openSession } from '../open-session.js'
import type { LoadedRuntime } from '../runtime.js'

/** Opens a training graph. Throws EngineError when onnxruntime refuses it. */
export function openTrainingSession(loaded: LoadedRuntime, model: Uint8Array, network: Network): Promise<InferenceSession> {
  return openSession(loaded, model, { what: `the training step of "${network.name}"`, instead: 'Train with the tfjs engine instead.' })
}
