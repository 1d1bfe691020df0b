import { nodeOf } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'

/**
 * Nodes whose result no longer belongs to the graph as it is now: they, or anything before them, were edited since the
 * run. Titles and places don't count.
 */
export function staleNodes(run: GraphDocument, now: GraphDocument): ReadonlySet<string> {
  const changed = Object.keys(now.nodes).filter((id) => faceOf(run, id) !== faceOf(now, id))
  const stale = new Set(changed)
  // A Set visits what is added while it is walked.
  for (const id of stale) for (const { from, to } of now.edges) if (from.node === id) stale.add(to.node)
  return stale
}

/** Everything of a node that its result depends on, apart from what comes in. */
function faceOf(document: GraphDocument, id: string): string | null {
  const node = nodeOf(document, id)
  if (node === undefined) return null
  const wires = document.edges
    .filter(({ to }) => to.node === id)
    .map(({ from, to }) => `${from.node}.${from.port}>${to.port}`)
  return JSON.stringify([
    node.type,
    node.version,
    sortKeys(node.params),
    node.muted ?? false,
    node.bypassed ?? false,
    wires.toSorted(),
  ])
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sortKeys(item)]),
  )
}
