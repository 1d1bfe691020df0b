import type { GraphDocument } from '@graft/graph-schema'

/** Whether every node of a run is in a graph, with its type: only then its numbers mean that graph's nodes. */
export function isSameShape(ofRun: Pick<GraphDocument, 'nodes'>, open: Pick<GraphDocument, 'nodes'>): boolean {
  return Object.entries(ofRun.nodes).every(
    ([id, { type }]) => Object.hasOwn(open.nodes, id) && open.nodes[id]?.type === type,
  )
}
