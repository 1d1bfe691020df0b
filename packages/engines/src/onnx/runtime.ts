import { availableParallelism, cpus } from 'node:os'
import type * as onnxruntime from 'onnxruntime-node'

export interface LoadedRuntime {
  readonly runtime: typeof onnxruntime
  readonly version: string
  /** Cores this process may use: the default number of threads. */
  readonly threads: number
  readonly processor: string
}

/** Loads onnxruntime-node on first use, so that a machine where its library doesn't load can still use another engine. */
export async function loadRuntime(): Promise<LoadedRuntime> {
  const runtime = await import('onnxruntime-node')
  return { runtime, version: runtime.env.versions.node ?? runtime.env.versions.common, threads: availableParallelism(), processor: cpus()[0]?.model.trim() ?? 'unknown processor' }
}
