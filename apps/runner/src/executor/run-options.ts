import type { ChosenEngines, Engine, Workload } from '@graft/engines'
import type { Problem } from '@graft/graph-schema'
import type { Network } from '@graft/network'
import type { BlobStore, NodeDefinition } from '@graft/nodes'
import type { RunCheckpoints } from '../runs/checkpoints.js'
import type { HistoryFile } from '../cache/history.js'
import type { ResultCache } from '../cache/result-cache.js'

export interface RunEngines {
  readonly forward: Engine
  readonly training: Engine
  /** Who stands in where these fail. */
  readonly fallback?: readonly Engine[]
}

export interface RunOptions {
  /** Identifies the run in its events. */
  readonly runId: string
  /** Every node type there is; the executor knows of no other. */
  readonly library: readonly NodeDefinition[]
  readonly engines: RunEngines
  /**
   * Settles the engines of the whole run when the first node that computes is reached, by the network it is given;
   * absent: they are settled. Must not depend on anything but the network and what is known of the machine, because the
   * engines enter the cache key; the workload (null: unknown) may only decide whether more is to be found out.
   */
  chooseEngines?(
    network: Network,
    onProgress: (message: string) => void,
    workload: Workload | null,
  ): Promise<ChosenEngines>
  readonly store: BlobStore
  readonly cache: ResultCache
  /** What the last run of this graph was made of, for explanations. Absent: every node is explained as a first run. */
  readonly history?: HistoryFile
  /** Directory for derived data of nodes. */
  readonly cacheDirectory: string
  /** What caches of a running node may take in memory, in bytes. */
  readonly memoryBytes?: number
  /** Where long work keeps its state, so that the run can be resumed. Absent: nowhere. */
  readonly checkpoints?: RunCheckpoints
  /** Turns a path written in the graph into an absolute one; throws NodeError where it must not be read. */
  resolvePath(path: string): string
  /** Runs only what these nodes need, instead of what the output nodes need. */
  readonly to?: readonly string[]
  /** True when `cache` was told not to give results (`--no-cache`): the reasons say so. */
  readonly ignoreCache?: boolean
  readonly signal?: AbortSignal
  /**
   * What is worth knowing about the engines, and what somebody will want to change about them; told at the start of the
   * run.
   */
  readonly notes?: readonly string[]
  readonly warnings?: readonly string[]
  /** Puts stack traces into problems. */
  readonly debug?: boolean
}

/** The document (or the call) can't be run at all; nothing was started. */
export class RunRefused extends Error {
  override readonly name = 'RunRefused'
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map((problem) => problem.message).join('\n'))
  }
}
