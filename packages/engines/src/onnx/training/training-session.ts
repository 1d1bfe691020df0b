import type { Network } from '@graft/network'
import type { InferenceSession } from 'onnxruntime-node'
import { openSession } from '../open-session.js'
import type { LoadedRuntime } from '../runtime.js'
import type { TrainingGraph } from './training-graph.js'

/** Opens a training graph. Throws EngineError when onnxruntime refuses it. */
export function openTrainingSession(loaded: LoadedRuntime, graph: TrainingGraph, network: Network): Promise<InferenceSession> {
  return openSession(loaded, graph.model(), { what: `the training step of "${network.name}"`, instead: 'Train with the tfjs engine instead.' })
}
