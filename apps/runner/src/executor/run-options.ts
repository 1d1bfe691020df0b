import type { GraphDocument, Problem } from '@graft/graph-schema'
import type { BlobStore, NodeCheckpoints, NodeContext, NodeDefinition, ProgramOf, ProgramOfGraph } from '@graft/nodes'
import type { HistoryFile } from '../cache/history.js'
import type { ResultCache } from '../cache/result-cache.js'
import type { Computing } from './computing.js'

/** The states of one run's long work. */
export interface RunCheckpoints {
  /**
   * `key`: the node's cache key, so that a state is only taken up by exactly the same work; `node`: its id in the graph;
   * `warn` hears what keeps its states from being saved.
   */
  ofNode(key: string, node: string, warn?: (message: string) => void): NodeCheckpoints
  /** The node is finished. */
  forget(key: string): Promise<void>
}

export interface RunOptions {
  /** Every node type there is; the executor knows of no other. */
  readonly library: readonly NodeDefinition[]
  readonly computing: Computing
  readonly store: BlobStore
  readonly cache: ResultCache
  /** What the last run of this graph was made of, for explanations. Absent: every node is explained as a first run. */
  readonly history?: HistoryFile
  /** False: nothing is downloaded. Default true. */
  readonly mayFetch?: boolean
  /** The run, for pages that tell of it. */
  readonly about?: NodeContext['about'] & {}
  /** Directory for derived data of nodes. */
  readonly cacheDirectory: string
  /** What caches of a running node may take in memory, in bytes. */
  readonly memoryBytes?: number
  /** Where long work keeps its state, so that the run can be resumed. Absent: nowhere. */
  readonly checkpoints?: RunCheckpoints
  /** A graph as a PyTorch program of a Train; see `NodeContext.program`. */
  program?(document: GraphDocument, of: ProgramOf, signal: AbortSignal): Promise<ProgramOfGraph>
  /** Turns a path written in the graph into an absolute one; throws NodeError where it must not be read. */
  resolvePath(path: string): string
  /**
   * Brings the files that a node reads, where they lie on another machine, and gives its fingerprint there; null: it
   * reads none there.
   */
  bringFiles?(
    node: Pick<NodeDefinition, 'type' | 'title'>,
    params: Readonly<Record<string, unknown>>,
    say: (message: string) => void,
  ): Promise<string | null>
  /** Runs only what these nodes need, instead of what the output nodes need. */
  readonly to?: readonly string[]
  /** True when `cache` was told not to give results (`--no-cache`): the reasons say so. */
  readonly ignoreCache?: boolean
  readonly signal?: AbortSignal
  /**
   * What is worth knowing about the engines, and what someone will want to change about them; told at the start of the
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
