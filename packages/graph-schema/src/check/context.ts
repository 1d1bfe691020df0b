import { edgeKey, nodeOf } from '../document.js'
import type { GraphDocument, GraphEdge, GraphEndpoint, GraphNode } from '../document.js'
import { edgesInto } from '../edges-into.js'
import { effectiveGraph } from '../effective-graph.js'
import type { EffectiveGraph } from '../effective-graph.js'
import type { NodeManifest } from '../manifest.js'
import type { Port } from '../ports.js'
import type { Problem } from '../problem.js'
import { inputPort } from '../wired-params.js'

/**
 * What is known of the data behind a node without running the graph (from an earlier run, or a quick look at the
 * folder).
 */
export interface DataFacts {
  readonly classNames?: readonly string[]
  readonly classes?: number
}

export interface CheckOptions {
  /** By id of the node that gives the data. */
  readonly facts?: Readonly<Record<string, DataFacts>>
  /**
   * Checks params with the node's own definition in place of the manifest's JSON Schema; the runner has it, the editor
   * doesn't.
   */
  readonly validateParams?: (node: GraphNode, manifest: NodeManifest) => readonly Omit<Problem, 'node'>[]
}

/** What every rule reads. */
export interface CheckContext {
  readonly document: GraphDocument
  readonly manifests: readonly NodeManifest[]
  /** What is left to run once muted nodes are out and bypassed ones are wires. */
  readonly effective: EffectiveGraph
  readonly options: CheckOptions
  manifestOf(nodeId: string): NodeManifest | undefined
  /** How messages name a node: its title (or its type's) and id. */
  nameOf(nodeId: string): string
}

export type Rule = (context: CheckContext) => readonly Problem[]

export function createContext(
  document: GraphDocument,
  manifests: readonly NodeManifest[],
  options: CheckOptions,
): CheckContext {
  const byType = new Map(manifests.map((manifest) => [manifest.type, manifest]))
  const manifestOf = (id: string): NodeManifest | undefined => byType.get(nodeOf(document, id)?.type ?? '')
  const nameOf = (id: string): string =>
    `${nodeOf(document, id)?.title ?? manifestOf(id)?.title ?? nodeOf(document, id)?.type ?? 'a missing node'} (${id})`
  return { document, manifests, effective: effectiveGraph(document, manifests), options, manifestOf, nameOf }
}

/** The port at one end of an edge, or undefined when the node, its type or the port is not known. */
export function portAt(context: CheckContext, end: GraphEndpoint, side: 'inputs' | 'outputs'): Port | undefined {
  if (side === 'inputs') return inputPort(context.manifestOf(end.node), end.port)
  const ports = context.manifestOf(end.node)?.[side]
  return ports !== undefined && Object.hasOwn(ports, end.port) ? ports[end.port] : undefined
}

/** The first edge into an input, of those that will be run. */
export function edgeInto(context: CheckContext, end: GraphEndpoint): GraphEdge | undefined {
  return edgesInto(context.effective.document.edges, end.node).find(({ to }) => to.port === end.port)
}

export function edgeProblem(edge: GraphEdge, code: string, message: string, fix: string): Problem {
  return { code, severity: 'error', node: edge.to.node, field: edge.to.port, edge: edgeKey(edge), message, fix }
}
