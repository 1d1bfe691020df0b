import { withRepeat, withSearch } from '@graft/graph-schema'
import type { GraphDocument, NodeManifest } from '@graft/graph-schema'
import { nothingSelected } from './command.js'
import type { Command } from './command.js'

/** Puts a node Repeat behind the last evaluation; null where nothing is evaluated. */
export function addRepeat(document: GraphDocument, manifests: readonly NodeManifest[]): Command | null {
  const repeated = withRepeat(document, manifests, {})
  return repeated === null ? null : added('Added Repeat', repeated.document, repeated.node)
}

/** Puts a node Search on the networks and images of the graph; null where it has none. */
export function addSearch(document: GraphDocument, manifests: readonly NodeManifest[]): Command | null {
  const searched = withSearch(document, manifests, {})
  return searched === null ? null : added('Added Search', searched.document, searched.search)
}

const added = (label: string, after: GraphDocument, node: string): Command => ({
  label,
  select: { ...nothingSelected, nodes: [node] },
  apply: () => after,
})
