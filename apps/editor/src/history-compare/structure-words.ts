import type { GraphDocument, GraphEdge } from '@graft/graph-schema'
import type { GraphDiff } from './graph-diff.js'

/** What a change of structure is in a sentence, and the wires that it explains. */
export interface Explained {
  /** By id of the node that was added or removed. */
  readonly places: ReadonlyMap<string, string>
  readonly wires: ReadonlySet<GraphEdge>
}

type NameOf = (document: GraphDocument, id: string) => string

/**
 * Says where an added node came to stand, or a removed one stood ("inserted behind Train the head"), instead of listing
 * its wires. Wires between nodes that are in both graphs, and that no such node explains, are left over.
 */
export function explainStructure(
  { nodes, edgesAdded, edgesRemoved }: GraphDiff,
  before: GraphDocument,
  after: GraphDocument,
  nameOf: NameOf,
): Explained {
  const places = new Map<string, string>()
  const wires = new Set<GraphEdge>()
  const explain = (
    kind: 'added' | 'removed',
    own: readonly GraphEdge[],
    opposite: readonly GraphEdge[],
    document: GraphDocument,
  ): void => {
    const ids = new Set(nodes.filter((node) => node.kind === kind).map(({ id }) => id))
    for (const id of ids) {
      const into = own.filter(({ to }) => to.node === id)
      const out = own.filter(({ from }) => from.node === id)
      const sources = into.filter(({ from }) => !ids.has(from.node))
      const behind = (sources.find((edge) => replaces(edge, out, opposite)) ?? sources[0] ?? into[0])?.from.node
      const ahead = out[0]?.to.node
      const verb = kind === 'added' ? 'inserted' : 'taken out'
      if (behind !== undefined) places.set(id, `${verb} behind ${nameOf(document, behind)}`)
      else if (ahead !== undefined) places.set(id, `${verb} before ${nameOf(document, ahead)}`)
      for (const edge of [...into, ...out]) wires.add(edge)
      // The wires that the node broke, or that were closed over it.
      for (const edge of opposite)
        if (out.some(({ to }) => to.node === edge.to.node && to.port === edge.to.port)) wires.add(edge)
    }
  }
  explain('added', edgesAdded, edgesRemoved, after)
  explain('removed', edgesRemoved, edgesAdded, before)
  return { places, wires }
}

/** Whether what came from there before goes through the node now. */
function replaces({ from }: GraphEdge, out: readonly GraphEdge[], opposite: readonly GraphEdge[]): boolean {
  return opposite.some(
    (edge) =>
      edge.from.node === from.node && out.some(({ to }) => to.node === edge.to.node && to.port === edge.to.port),
  )
}
