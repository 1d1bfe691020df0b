import type { RunEvent } from '@graft/graph-schema'
import type { Template } from '@graft/nodes'
import type { CacheLimits } from '../../cache/limits.js'
import type { DraftStore } from '../../graphs/draft-store.js'
import type { GraphStore } from '../../graphs/graph-store.js'
import type { HelperProcess } from '../../helper/helper-process.js'
import type { Home } from '../../home.js'
import type { Machines } from '../../runs/machines/machines.js'
import type { RunStore } from '../../runs/run-store.js'
import type { Supervisor } from '../../runs/supervisor.js'
import type { FileBlobStore } from '../../store/file-blob-store.js'
import type { DataRoots } from './data-roots.js'
import type { Log } from './log.js'
import type { MemoryBudget } from './memory-budget.js'
import type { NetworkDownloads } from './network-downloads.js'
import type { NodeLibrary } from './node-library.js'
import type { ServerLimits } from '../options/server-options.js'

/**
 * Processes of their own for what a person waits for while typing, for what may take long, and for questions that
 * plugins answer while everything waits.
 */
export interface Helpers {
  readonly quick: HelperProcess
  readonly slow: HelperProcess
  readonly plugins: HelperProcess
}

/** What the routes work with. */
export interface Services {
  readonly home: Home
  readonly nodes: NodeLibrary
  readonly templates: readonly Template[]
  readTemplate(id: string): unknown
  readonly runs: RunStore
  readonly graphs: GraphStore
  readonly drafts: DraftStore
  readonly store: FileBlobStore
  readonly supervisor: Supervisor
  /** Other machines that take runs from the queue. */
  readonly machines: Machines
  readonly helpers: Helpers
  readonly downloads: NetworkDownloads
  /** What the caches of this process share. */
  readonly memory: MemoryBudget
  readonly roots: DataRoots
  readonly limits: ServerLimits
  readonly cacheLimits: CacheLimits
  readonly log: Log
  /** A run of another machine has left files here: the cache is kept within its budget. Resolves nothing; goes on behind. */
  tidy(): void
  /** Events of runs that other machines do were written: whoever watches is told. */
  onEvents(events: readonly RunEvent[]): void
  queueChanged(): void
  /** A graph has a new version: whoever has it open is told. */
  graphSaved(graph: string, version: number): void
}
