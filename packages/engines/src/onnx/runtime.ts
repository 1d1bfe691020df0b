import { availableParallelism, cpus } from 'node:os'
import type * as onnxruntime from 'onnxruntime-node'
import type { EngineDevice } from '../engine.js'

export interface LoadedRuntime {
  readonly runtime: typeof onnxruntime
  readonly version: string
  /** What graphs are computed on. */
  readonly device: EngineDevice
  /** Cores this process may use: the default number of threads. */
  readonly threads: number
  readonly processor: string
}

/**
 * Loads onnxruntime-node on first use, so that a machine where its library doesn't load can still use another engine.
 */
export async function loadRuntime(device: EngineDevice = 'cpu'): Promise<LoadedRuntime> {
  // Read when the library is loaded. From 1.29 on it tells its makers about each process, and leaves files behind, on
  // Linux and macOS as well; nobody was asked whether they want that.
  process.env.ORT_DISABLE_TELEMETRY ??= '1'
  const runtime = await import('onnxruntime-node')
  const version = runtime.env.versions.node ?? runtime.env.versions.common
  return {
    runtime,
    version,
    device,
    threads: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
  }
}
