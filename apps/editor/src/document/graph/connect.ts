import { ancestors, check, edgeKey, nodeOf, parameterPorts } from '@graft/graph-schema'
import type { GraphDocument, GraphEdge, GraphEndpoint, NodeManifest, Problem } from '@graft/graph-schema'
import { sameEnd } from './heal.js'

export type Manifests = ReadonlyMap<string, NodeManifest>
export type Side = 'input' | 'output'

/** Why a wire can't be drawn, in the very words that check() would use; null when it can. */
export interface Refusal {
  readonly message: string
  readonly fix: string
}

/** Whether `from` may be wired to `to`. The rules are check()'s own, run on what lies upstream with the wire added. */
export function connectionRefusal(
  document: GraphDocument,
  manifests: Manifests,
  from: GraphEndpoint,
  to: GraphEndpoint,
): Refusal | null {
  if (from.node === to.node) return { message: "A node can't feed itself.", fix: 'Connect the output to another node.' }
  const source = manifests.get(nodeOf(document, from.node)?.type ?? '')
  const target = manifests.get(nodeOf(document, to.node)?.type ?? '')
  // Ports of types that aren't installed are not known; their wires are kept, but no new ones drawn.
  if (source === undefined || target === undefined)
    return {
      message: 'The node type is not installed, so its ports are not known.',
      fix: 'Install the plugin that provides it, or remove the node.',
    }
  const upstream = ancestors(document, [from.node])
  if (upstream.has(to.node))
    return {
      message: `That would make a loop: ${nameOf(document, to.node)} already leads to ${nameOf(document, from.node)}.`,
      fix: 'A pipeline runs in one direction; connect to a node further along.',
    }
  const problem = problemsWith(document, manifests, upstream, { from, to })[0]
  return problem === undefined ? null : { message: problem.message, fix: problem.fix }
}

function problemsWith(
  document: GraphDocument,
  manifests: Manifests,
  upstream: ReadonlySet<string>,
  edge: GraphEdge,
): readonly Problem[] {
  const keep = new Set([...upstream, edge.to.node])
  const nodes = Object.fromEntries(Object.entries(document.nodes).filter(([id]) => keep.has(id)))
  // Without the target's other wires: one into the same input is replaced, and the rest have nothing to do with this
  // one.
  const edges = document.edges.filter(
    ({ from, to }) => keep.has(from.node) && keep.has(to.node) && to.node !== edge.to.node,
  )
  const key = edgeKey(edge)
  return check({ ...document, nodes, edges: [...edges, edge] }, [...manifests.values()]).filter(
    (problem) => problem.severity === 'error' && problem.edge === key,
  )
}

const nameOf = (document: GraphDocument, id: string): string => nodeOf(document, id)?.title ?? id

/** A port that a wire could lead to. */
export interface Target {
  readonly end: GraphEndpoint
  readonly title: string
  readonly portTitle: string
  /** The wire that would be replaced. */
  readonly replaces: string | null
  /** Why no wire can be drawn there although both ports carry the same; null: it can. */
  readonly refusal: Refusal | null
}

/**
 * Every port that carries what this one does: first those to which a wire may be drawn, then those to which it may not,
 * with the reason. For connecting by keyboard.
 */
export function targetsOf(
  document: GraphDocument,
  manifests: Manifests,
  start: GraphEndpoint,
  side: Side,
): readonly Target[] {
  const kind = portsOf(manifests.get(nodeOf(document, start.node)?.type ?? ''), side)[start.port]?.kind
  if (kind === undefined) return []
  const otherSide = side === 'output' ? 'input' : 'output'
  const targets = Object.keys(document.nodes).flatMap((id) => {
    const manifest = manifests.get(nodeOf(document, id)?.type ?? '')
    if (manifest === undefined || id === start.node) return []
    return Object.entries(portsOf(manifest, otherSide)).flatMap(([port, { kind: other, title, multiple }]) => {
      const end = { node: id, port }
      if (other !== kind) return []
      const [from, to] = side === 'output' ? [start, end] : [end, start]
      if (document.edges.some((edge) => sameEnd(edge.from, from) && sameEnd(edge.to, to))) return []
      const refusal = connectionRefusal(document, manifests, from, to)
      const taken = multiple === true ? undefined : document.edges.find((edge) => sameEnd(edge.to, to))
      return [
        {
          end,
          title: nodeOf(document, id)?.title ?? manifest.title,
          portTitle: title,
          replaces: taken === undefined ? null : edgeKey(taken),
          refusal,
        },
      ]
    })
  })
  return [...targets.filter(({ refusal }) => refusal === null), ...targets.filter(({ refusal }) => refusal !== null)]
}

/**
 * Node types that could be put at the loose end of a wire, each with the port that would take it. Splits are checked as
 * far as types tell.
 */
export function compatibleTypes(
  document: GraphDocument,
  manifests: Manifests,
  start: GraphEndpoint,
  side: Side,
): readonly { readonly manifest: NodeManifest; readonly port: string }[] {
  const kind = portsOf(manifests.get(nodeOf(document, start.node)?.type ?? ''), side)[start.port]?.kind
  if (kind === undefined) return []
  return [...manifests.values()].flatMap((manifest) => {
    const trial = {
      ...document,
      nodes: { ...document.nodes, [trialId]: { type: manifest.type, version: manifest.version, params: {} } },
    }
    const port = Object.entries(portsOf(manifest, side === 'output' ? 'input' : 'output'))
      .filter(([, candidate]) => candidate.kind === kind)
      .map(([name]) => name)
      .find((name) => {
        const end = { node: trialId, port: name }
        return (
          (side === 'output'
            ? connectionRefusal(trial, manifests, start, end)
            : connectionRefusal(trial, manifests, end, start)) === null
        )
      })
    return port === undefined ? [] : [{ manifest, port }]
  })
}

const trialId = 'new-node'

function portsOf(manifest: NodeManifest | undefined, side: Side): NodeManifest['inputs'] {
  if (manifest === undefined) return {}
  return side === 'output' ? manifest.outputs : { ...manifest.inputs, ...parameterPorts(manifest) }
}
