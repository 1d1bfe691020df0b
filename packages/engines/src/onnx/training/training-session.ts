import type { Network } from '@graft/network'
import type { InferenceSession } from 'onnxruntime-node'
import { openSession } from '../open-session.js'
import type { LoadedRuntime } from '../runtime.js'
import type { TrainingGraph } from './training-graph.js'

/**
 * Opens a training graph, without a plan of its memory: that took as much again as the first step had taken in pieces
 * (0.9 GB of 2.4 for MobileNet with 32 images), and a second to touch it all, for steps of the same speed. Throws
 * EngineError when onnxruntime refuses the graph.
 */
export function openTrainingSession(
  loaded: LoadedRuntime,
  graph: TrainingGraph,
  network: Network,
): Promise<InferenceSession> {
  return openSession(loaded, graph.model(), {
    what: `the training step of "${network.name}"`,
    instead: 'Train with the tfjs engine instead.',
    plansMemory: false,
  })
}
