import { nodeOf } from '@graft/graph-schema'
import type { GraphDocument, GraphEdge, GraphEndpoint, NodeManifest } from '@graft/graph-schema'

/**
 * The wires that take the place of removed nodes: each wire that left the group comes from where the group's first
 * connected input of the same kind came from. Wires for which there is none are lost, as with bypass.
 */
export function healedEdges(
  document: GraphDocument,
  gone: ReadonlySet<string>,
  manifests: ReadonlyMap<string, NodeManifest>,
): readonly GraphEdge[] {
  const healed: GraphEdge[] = []
  for (const edge of document.edges) {
    if (!gone.has(edge.from.node) || gone.has(edge.to.node)) continue
    const source = sourceBehind(document, gone, manifests, edge.from)
    if (source === null) continue
    const isThere = [...document.edges, ...healed].some(({ from, to }) => sameEnd(from, source) && sameEnd(to, edge.to))
    if (!isThere) healed.push({ from: source, to: edge.to })
  }
  return healed
}

function sourceBehind(
  document: GraphDocument,
  gone: ReadonlySet<string>,
  manifests: ReadonlyMap<string, NodeManifest>,
  start: GraphEndpoint,
): GraphEndpoint | null {
  const seen = new Set<string>()
  let end = start
  while (gone.has(end.node)) {
    if (seen.has(end.node)) return null
    seen.add(end.node)
    const here = end.node
    const manifest = manifests.get(nodeOf(document, here)?.type ?? '')
    const kind = manifest?.outputs[end.port]?.kind
    if (manifest === undefined || kind === undefined) return null
    const ports = Object.keys(manifest.inputs).filter((name) => manifest.inputs[name]?.kind === kind)
    const incoming = ports.flatMap((port) => document.edges.filter(({ to }) => to.node === here && to.port === port))[0]
    if (incoming === undefined) return null
    end = incoming.from
  }
  return end
}

export function sameEnd(left: GraphEndpoint, right: GraphEndpoint): boolean {
  return left.node === right.node && left.port === right.port
}
