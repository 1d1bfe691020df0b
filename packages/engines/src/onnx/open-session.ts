import { textOf } from '@graft/errors'
import type { OnnxModel } from '@graft/network'
import type { InferenceSession } from 'onnxruntime-node'
import type { EngineDevice } from '../engine.js'
import { EngineError } from '../engine.js'
import type { LoadedRuntime } from './runtime.js'
import { webgpuGaps } from './webgpu-gaps.js'
import { withWeightsBeside } from './weights-beside.js'

export interface SessionRequest {
  /** Names the graph in messages. */
  readonly what: string
  /** What to do where the processor can't run it. */
  readonly instead: string
  readonly threads?: number | undefined
  /** Whether onnxruntime plans all memory of a run in one piece after the first run; by default yes. */
  readonly plansMemory?: boolean
}

/**
 * Opens a graph on the runtime's device; operators that a GPU lacks run on the processor. Throws EngineError when
 * onnxruntime refuses it.
 */
export async function openSession(
  { runtime, threads, device }: LoadedRuntime,
  graph: OnnxModel,
  request: SessionRequest,
): Promise<InferenceSession> {
  try {
    const { model, externalData } = withWeightsBeside(graph)
    return await runtime.InferenceSession.create(model, {
      externalData,
      executionProviders: [provider(device, graph)],
      intraOpNumThreads: request.threads ?? threads,
      graphOptimizationLevel: 'all',
      enableMemPattern: request.plansMemory ?? true,
      logSeverityLevel: 3,
      // Waiting threads that spin steal the cores on which images are decoded.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    })
  } catch (error) {
    const reason = textOf(error)
    if (device === 'cpu') throw new EngineError(`onnxruntime refused ${request.what}: ${reason}.`, request.instead)
    throw new EngineError(`onnxruntime refused ${request.what} on ${device}: ${reason}.`, otherDevice)
  }
}

/** Runs a graph. What goes wrong on a GPU (its memory, its driver) is an EngineError that says so. */
export async function runSession(
  session: InferenceSession,
  device: EngineDevice,
  what: string,
  feeds: Feeds,
  fetches: Fetches,
): Promise<InferenceSession.ReturnType> {
  try {
    return await session.run(feeds, fetches)
  } catch (error) {
    if (device === 'cpu') throw error
    throw new EngineError(`${what} failed on ${device}: ${textOf(error)}.`, otherDevice)
  }
}

type Feeds = InferenceSession.FeedsType
type Fetches = InferenceSession.FetchesType

function provider(device: EngineDevice, model: OnnxModel): InferenceSession.ExecutionProviderConfig {
  const gaps = device === 'webgpu' ? webgpuGaps(model) : []
  // An empty list is refused.
  return gaps.length === 0 ? device : { name: device, forceCpuNodeNames: gaps }
}

/** What to do about a device that fails. */
const otherDevice = 'Choose another device (--device cpu); "graft doctor" shows which ones work here.'
