import { ancestors, nodeOf } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'

/**
 * Everything that what arrives at a node (and what the node makes of it) depends on, as a text: the same text, the same
 * answer.
 */
export function upstreamKey(document: GraphDocument, nodeId: string): string {
  const needed = ancestors(document, [nodeId])
  const nodes = Object.keys(document.nodes)
    .filter((id) => needed.has(id) || id === nodeId)
    .map((id) => {
      const node = nodeOf(document, id)
      return [id, node?.type, node?.version, node?.params, node?.muted ?? false, node?.bypassed ?? false]
    })
  const edges = document.edges
    .filter(({ to }) => needed.has(to.node) || to.node === nodeId)
    .map(({ from, to }) => `${from.node}.${from.port}>${to.node}.${to.port}`)
  return JSON.stringify([nodeId, nodes, edges])
}
