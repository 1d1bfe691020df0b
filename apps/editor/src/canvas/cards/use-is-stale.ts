import type { GraphDocument } from '@graft/graph-schema'
import { useSyncExternalStore } from 'react'
import { editor } from '../../document/store.js'
import { runs } from '../../run/run-store.js'
import { staleNodes } from '../../run/stale-nodes.js'

let last: {
  readonly run: GraphDocument
  readonly nodes: unknown
  readonly edges: unknown
  readonly stale: ReadonlySet<string>
} | null = null

/**
 * Whether a node's result is of an older version of the graph. Cards render again only when their own answer changes.
 */
export function useIsStale(nodeId: string): boolean {
  return useSyncExternalStore(subscribe, () => read().has(nodeId))
}

const none: ReadonlySet<string> = new Set()

function read(): ReadonlySet<string> {
  const { document } = editor.get()
  const { document: run } = runs.get()
  if (run === null) return none
  // Moving a node changes the document, but not what its nodes give.
  if (last?.run !== run || last.nodes !== document.nodes || last.edges !== document.edges)
    last = { run, nodes: document.nodes, edges: document.edges, stale: staleNodes(run, document) }
  return last.stale
}

function subscribe(listener: () => void): () => void {
  const stops = [editor.subscribe(listener), runs.subscribe(listener)]
  return () => stops.forEach((stop) => void stop())
}
