import type { Engine } from '@graft/engines'
import type { BlobReference, RunEventBody } from '@graft/graph-schema'
import type { DerivedRuns } from './derived-runs.js'

export interface FingerprintContext {
  /** Resolves a path from a graph (relative to the graph file) and confines it to the data roots. */
  resolvePath(path: string): string
}

/** What the fingerprint of a built-in node may use beyond that: enough to fetch what it names. */
export interface FetchingContext extends FingerprintContext {
  /** As in `NodeContext`; absent: nothing can be fetched or kept. */
  readonly cacheDirectory?: string
  readonly readAgain?: boolean
  readonly mayFetch?: boolean
  readonly signal?: AbortSignal
  emit?: PluginContext['emit']
}

/** All that a node of a plugin may use of the outside world while it runs; built-in nodes may use it too. */
export interface PluginContext extends FingerprintContext {
  readonly nodeId: string
  /** Aborted when the run is cancelled: heed it in long loops. */
  readonly signal: AbortSignal
  /** Blobs: large data that values name by their sha256. */
  readonly store: BlobStore
  /** The document being run, for nodes with `readsDocument`; else null. */
  readonly document: unknown
  /** Tells whoever watches: progress, metrics, previews and messages. */
  emit(event: Told<'node-progress' | 'metric' | 'preview' | 'log'>): void
}

/** What a built-in node gets beyond that. */
export interface NodeContext extends PluginContext {
  /** Engine for forward passes, and the one for training; the same object when one engine does both. */
  readonly engines: { readonly forward: Engine; readonly training: Engine; readonly fallback?: readonly Engine[] }
  /** The run that this is part of; absent: it is part of none. */
  readonly about?: { readonly run: string; readonly graft: string }
  /** Directory for derived data such as cached features; content-addressed by the user of it. */
  readonly cacheDirectory: string
  /** The person asked to trust nothing that was kept about files (`--no-cache`): read them. */
  readonly readAgain?: boolean
  /** False while someone only looks: nothing is downloaded. */
  readonly mayFetch?: boolean
  /** What the node's caches may take in memory, in bytes; absent: their own limits hold. */
  readonly memoryBytes?: number
  /** Keeps the state of long work, so that an interrupted run goes on where it was. Absent: nothing is kept. */
  readonly checkpoints?: NodeCheckpoints
  /** Runs graphs that the node derives from the one it stands in. Absent: it can run none. */
  readonly derivedRuns?: DerivedRuns
  /** The graph as a PyTorch program that gives the network of a Train. Absent: only the machine with the graph can. */
  program?(of: ProgramOf): Promise<ProgramOfGraph>
  /** As above; also what has been found so far. */
  emit(event: Told<'node-progress' | 'metric' | 'preview' | 'log' | 'interim'>): void
}

/** Which of a graph's programs is meant. */
export interface ProgramOf {
  /** The id of the Train whose network it gives. */
  readonly train: string
  /** Whether a library's constructor makes the network; refused where none makes exactly this one. */
  readonly byLibrary: boolean
}

/** Files by their paths, and what a person should know of them, one sentence each. */
export interface ProgramOfGraph {
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly remarks: readonly string[]
}

/** One node's state, for this run and exactly these inputs and parameters. */
export interface NodeCheckpoints {
  /** The newest state that was saved and is still whole; null when there is none. `warn` hears of damaged ones. */
  load(warn?: (message: string) => void): Promise<Uint8Array | null>
  /** Whether enough time has passed since the last one that saving now is worth its cost. */
  isDue(): boolean
  save(bytes: Uint8Array): Promise<void>
}
/** What a node says: run events of these types without its id. */
type Told<Type extends RunEventBody['type']> = WithoutNode<Extract<RunEventBody, { type: Type }>>
type WithoutNode<Event> = Event extends unknown ? Omit<Event, 'node'> : never

/** The content-addressed artifact store. */
export interface BlobStore {
  put(bytes: Uint8Array, mediaType: string, name?: string): Promise<BlobReference>
  get(sha256: string): Promise<Uint8Array>
  has(sha256: string): Promise<boolean>
  /** Throws where a stored list of samples names a file that may not be opened here; absent: any may. */
  checkPath?(path: string): void
}
