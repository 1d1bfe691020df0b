import { topologicalOrder } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import { positionOf } from '../../document/graph/geometry.js'

/** Node ids in reading order: as data flows, nodes on a cycle at the end. */
export function readingOrder(document: GraphDocument): readonly string[] {
  const { order } = topologicalOrder(document)
  const known = new Set(order)
  return [...order, ...Object.keys(document.nodes).filter((id) => !known.has(id))]
}

/** The node that follows (or precedes) one in reading order, coming round at the end; null in an empty document. */
export function step(document: GraphDocument, from: string | undefined, by: 1 | -1): string | null {
  const order = readingOrder(document)
  if (order.length === 0) return null
  const index = from === undefined ? -1 : order.indexOf(from)
  const next = index < 0 ? (by > 0 ? 0 : order.length - 1) : (index + by + order.length) % order.length
  return order[next] ?? null
}

/** The uppermost node at the other end of a wire; null when there is none. */
export function neighbour(
  document: GraphDocument,
  from: string | undefined,
  direction: 'after' | 'before',
): string | null {
  const ids = document.edges.flatMap((edge) => {
    const [here, there] = direction === 'after' ? [edge.from.node, edge.to.node] : [edge.to.node, edge.from.node]
    return here === from && Object.hasOwn(document.nodes, there) ? [there] : []
  })
  return ids.sort((left, right) => positionOf(document, left).y - positionOf(document, right).y)[0] ?? null
}
