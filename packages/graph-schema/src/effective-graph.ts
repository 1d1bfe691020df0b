import { nodeOf } from './document.js'
import type { GraphDocument, GraphEdge, GraphEndpoint } from './document.js'
import { edgesInto } from './edges-into.js'
import type { NodeManifest } from './manifest.js'
import { descendants } from './order.js'

export interface EffectiveGraph {
  /**
   * The document without bypassed, muted and skipped nodes, and with edges led through bypassed nodes. What is to be
   * run.
   */
  readonly document: GraphDocument
  /** Muted nodes, and those that need one. */
  readonly skipped: ReadonlySet<string>
  /** Edges of bypassed nodes that can't be led through: no connected input of the same kind. */
  readonly lost: readonly GraphEdge[]
}

/**
 * What is left to run once muted nodes are taken out and bypassed ones act as wires (each output gives the first input
 * of its kind).
 */
export function effectiveGraph(document: GraphDocument, manifests: readonly NodeManifest[]): EffectiveGraph {
  const lost: GraphEdge[] = []
  const edges: GraphEdge[] = []
  for (const edge of document.edges) {
    if (nodeOf(document, edge.to.node)?.bypassed === true) continue
    const from = sourceThroughBypassed(document, manifests, edge.from)
    if (from === null) lost.push(edge)
    else edges.push(from === edge.from ? edge : { ...edge, from })
  }
  const wired = { ...document, edges }
  const muted = Object.keys(document.nodes).filter((id) => document.nodes[id]?.muted === true)
  const skipped = skippedNodes(wired, manifests, muted)
  const keeps = (id: string): boolean => !skipped.has(id) && nodeOf(document, id)?.bypassed !== true
  const nodes = Object.fromEntries(Object.entries(document.nodes).filter(([id]) => keeps(id)))
  return {
    document: { ...wired, nodes, edges: edges.filter((edge) => keeps(edge.from.node) && keeps(edge.to.node)) },
    skipped,
    lost,
  }
}

/** Walks up while the source is bypassed; null when there is nothing to lead through. */
function sourceThroughBypassed(
  document: GraphDocument,
  manifests: readonly NodeManifest[],
  start: GraphEndpoint,
): GraphEndpoint | null {
  const seen = new Set<string>()
  let from = start
  for (let node = nodeOf(document, from.node); node?.bypassed === true; node = nodeOf(document, from.node)) {
    if (seen.has(from.node)) return null
    seen.add(from.node)
    const type = node.type
    const manifest = manifests.find((candidate) => candidate.type === type)
    const kind = manifest?.outputs[from.port]?.kind
    const inputs = Object.entries(manifest?.inputs ?? {})
      .filter(([, port]) => port.kind === kind)
      .map(([name]) => name)
    const here = from.node
    const edge = inputs.flatMap((port) => edgesInto(document.edges, here).filter(({ to }) => to.port === port))[0]
    if (edge === undefined) return null
    from = edge.from
  }
  return from
}

/** An optional or multiple input does without a muted node; any other input takes its node out too. */
function skippedNodes(
  document: GraphDocument,
  manifests: readonly NodeManifest[],
  muted: readonly string[],
): ReadonlySet<string> {
  const needed = document.edges.filter(({ to }) => {
    const port = manifests.find(({ type }) => type === nodeOf(document, to.node)?.type)?.inputs[to.port]
    return port?.optional !== true && port?.multiple !== true
  })
  return descendants({ nodes: document.nodes, edges: needed }, muted)
}
