import type { GraphDocument, GraphEdge } from './document.js'

type Edges = GraphDocument['edges']

const known = new WeakMap<Edges, ReadonlyMap<string, readonly GraphEdge[]>>()

/** The edges that end at a node, in the document's order. Sorted once for a list of edges, which must not change. */
export function edgesInto(edges: Edges, node: string): readonly GraphEdge[] {
  return (known.get(edges) ?? sort(edges)).get(node) ?? []
}

function sort(edges: Edges): ReadonlyMap<string, readonly GraphEdge[]> {
  const byNode = new Map<string, GraphEdge[]>()
  for (const edge of edges) {
    const before = byNode.get(edge.to.node)
    if (before === undefined) byNode.set(edge.to.node, [edge])
    else before.push(edge)
  }
  known.set(edges, byNode)
  return byNode
}
