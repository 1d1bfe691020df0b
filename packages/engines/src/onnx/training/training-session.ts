import type { Network } from '@graft/network'
import type { InferenceSession } from 'onnxruntime-node'
import { EngineError } from '../../engine.js'
import type { LoadedRuntime } from '../runtime.js'

/** Opens a training graph. Throws EngineError when onnxruntime refuses it. */
export async function openTrainingSession({ runtime, threads }: LoadedRuntime, model: Uint8Array, network: Network): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(model, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      // Waiting threads that spin steal the cores on which the next images are decoded.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    })
  } catch (error) {
    throw new EngineError(`onnxruntime refused the training step of "${network.name}": ${error instanceof Error ? error.message : String(error)}. Train with the tfjs engine instead.`)
  }
}
