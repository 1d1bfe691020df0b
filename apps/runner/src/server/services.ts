import type { NodeManifest } from '@graft/graph-schema'
import type { NodeDefinition, Template } from '@graft/nodes'
import type { GraphStore } from '../graphs/graph-store.js'
import type { HelperProcess } from '../helper/helper-process.js'
import type { Home } from '../home.js'
import type { RunStore } from '../runs/run-store.js'
import type { Supervisor } from '../runs/supervisor.js'
import type { FileBlobStore } from '../store/file-blob-store.js'
import type { DataRoots } from './data/data-roots.js'
import type { Log } from './log.js'
import type { ServerLimits } from './server-options.js'

/** What the routes work with. */
export interface Services {
  readonly home: Home
  readonly library: readonly NodeDefinition[]
  readonly manifests: readonly NodeManifest[]
  readonly templates: readonly Template[]
  readTemplate(id: string): unknown
  readonly runs: RunStore
  readonly graphs: GraphStore
  readonly store: FileBlobStore
  readonly supervisor: Supervisor
  /** For what a person waits for while typing, and for what may take long. */
  readonly helpers: { readonly quick: HelperProcess; readonly slow: HelperProcess }
  readonly roots: DataRoots
  readonly limits: ServerLimits
  readonly log: Log
  queueChanged(): void
}
