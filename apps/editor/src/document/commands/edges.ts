import { edgeKey, nodeOf } from '@graft/graph-schema'
import type { GraphDocument, GraphEdge, GraphEndpoint, NodeManifest } from '@graft/graph-schema'
import type { Point } from '../graph/geometry.js'
import { edit, sequence } from './command.js'
import type { Command } from './command.js'
import { sameEnd } from '../graph/heal.js'
import { addNode } from './nodes.js'
import { pointsOf, pruneLayout, setPoints } from './wire-points.js'

/**
 * Draws a wire. What an input that takes one wire had before is replaced; a wire that is there already stays as it is.
 */
export function connect(
  document: GraphDocument,
  manifests: ReadonlyMap<string, NodeManifest>,
  from: GraphEndpoint,
  to: GraphEndpoint,
): Command {
  const multiple = manifests.get(nodeOf(document, to.node)?.type ?? '')?.inputs[to.port]?.multiple === true
  return edit(`Connected ${from.node} to ${to.node}`, (draft) => {
    if (draft.edges.some((edge) => sameEnd(edge.from, from) && sameEnd(edge.to, to))) return
    const kept = multiple ? draft.edges : draft.edges.filter((edge) => !sameEnd(edge.to, to))
    draft.edges = [...kept, { from: { ...from }, to: { ...to } }]
    pruneLayout(draft)
  })
}

/** Takes wires away. */
export function disconnect(keys: readonly string[]): Command {
  const gone = new Set(keys)
  return edit(keys.length === 1 ? 'Removed a wire' : `Removed ${keys.length} wires`, (draft) => {
    draft.edges = draft.edges.filter((edge) => !gone.has(edgeKey(edge as GraphEdge)))
    pruneLayout(draft)
  })
}

/** Leads the end of a wire elsewhere; the wire keeps its id and its place in the file. */
export function reconnect(
  document: GraphDocument,
  manifests: ReadonlyMap<string, NodeManifest>,
  key: string,
  from: GraphEndpoint,
  to: GraphEndpoint,
): Command {
  const multiple = manifests.get(nodeOf(document, to.node)?.type ?? '')?.inputs[to.port]?.multiple === true
  return edit(`Moved a wire to ${to.node}`, (draft) => {
    const others = draft.edges.filter((edge) => edgeKey(edge as GraphEdge) !== key)
    const points = pointsOf(draft, key)
    const isTwin = others.some((edge) => sameEnd(edge.from, from) && sameEnd(edge.to, to))
    draft.edges = draft.edges.flatMap((edge) => {
      if (edgeKey(edge as GraphEdge) === key) return isTwin ? [] : [{ ...edge, from: { ...from }, to: { ...to } }]
      return !multiple && sameEnd(edge.to, to) ? [] : [edge]
    })
    const moved = draft.edges.find((edge) => sameEnd(edge.from, from) && sameEnd(edge.to, to))
    if (moved !== undefined && points.length > 0 && !isTwin) setPoints(draft, edgeKey(moved as GraphEdge), points)
    pruneLayout(draft)
  })
}

/** The first input and output of a type through which a wire of this kind could be led; null when it can't. */
export function insertionPorts(
  manifest: NodeManifest,
  kind: string | undefined,
): { readonly input: string; readonly output: string } | null {
  const input = Object.keys(manifest.inputs).find((name) => manifest.inputs[name]?.kind === kind)
  const output = Object.keys(manifest.outputs).find((name) => manifest.outputs[name]?.kind === kind)
  return input === undefined || output === undefined ? null : { input, output }
}

/**
 * Leads a wire through a node that stands already: A -> C becomes A -> B -> C. Null when the node has no ports of the
 * wire's kind.
 */
export function insertOnWire(
  document: GraphDocument,
  manifests: ReadonlyMap<string, NodeManifest>,
  key: string,
  nodeId: string,
): Command | null {
  const edge = document.edges.find((candidate) => edgeKey(candidate) === key)
  const manifest = manifests.get(nodeOf(document, nodeId)?.type ?? '')
  if (edge === undefined || manifest === undefined || edge.from.node === nodeId || edge.to.node === nodeId) return null
  const kind = manifests.get(nodeOf(document, edge.from.node)?.type ?? '')?.outputs[edge.from.port]?.kind
  const ports = insertionPorts(manifest, kind)
  if (ports === null) return null
  return edit(`Inserted ${nodeOf(document, nodeId)?.title ?? manifest.title} on the wire`, (draft) => {
    const kept = draft.edges.filter(
      (candidate) =>
        edgeKey(candidate as GraphEdge) !== key && !sameEnd(candidate.to, { node: nodeId, port: ports.input }),
    )
    draft.edges = [
      ...kept,
      { from: { ...edge.from }, to: { node: nodeId, port: ports.input } },
      { from: { node: nodeId, port: ports.output }, to: { ...edge.to } },
    ]
    pruneLayout(draft)
  })
}

/** A new node, led into a wire. Null when the type has no ports of the wire's kind. */
export function addOnWire(
  document: GraphDocument,
  manifests: ReadonlyMap<string, NodeManifest>,
  key: string,
  manifest: NodeManifest,
  position: Point,
): Command | null {
  const added = addNode(document, manifest, position)
  const inserted = insertOnWire(added.command.apply(document), manifests, key, added.id)
  return inserted === null
    ? null
    : sequence(`Inserted ${manifest.title} on the wire`, [added.command, inserted], { select: { nodes: [added.id] } })
}

/** A new node, wired to the port from which a wire was dropped on empty canvas; `port` is the new node's. */
export function addConnected(
  document: GraphDocument,
  manifests: ReadonlyMap<string, NodeManifest>,
  manifest: NodeManifest,
  position: Point,
  start: { readonly end: GraphEndpoint; readonly side: 'input' | 'output' },
  port: string,
): Command {
  const added = addNode(document, manifest, position)
  const grown = added.command.apply(document)
  const end = { node: added.id, port }
  const wire =
    start.side === 'output' ? connect(grown, manifests, start.end, end) : connect(grown, manifests, end, start.end)
  return sequence(`Added ${manifest.title}, connected to ${start.end.node}`, [added.command, wire], {
    select: { nodes: [added.id] },
  })
}
