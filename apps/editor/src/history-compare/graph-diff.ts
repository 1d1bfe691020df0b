import { edgeKey, nodeOf } from '@graft/graph-schema'
import type { GraphDocument, GraphEdge, GraphNode } from '@graft/graph-schema'

export interface ParamChange {
  readonly path: string
  /** Undefined: not set, so the default applied. */
  readonly before: unknown
  readonly after: unknown
}

export interface NodeChange {
  readonly id: string
  readonly node: GraphNode
  readonly kind: 'added' | 'removed' | 'changed'
  readonly params: readonly ParamChange[]
  /** Muted, bypassed, of another type or version. */
  readonly notes: readonly string[]
}

export interface GraphDiff {
  readonly nodes: readonly NodeChange[]
  readonly edgesAdded: readonly GraphEdge[]
  readonly edgesRemoved: readonly GraphEdge[]
}

/**
 * What is different between two graphs as far as it can change a result: nodes, params and wires; never places, titles
 * or notes.
 */
export function diffGraphs(before: GraphDocument, after: GraphDocument): GraphDiff {
  const ids = [...new Set([...Object.keys(before.nodes), ...Object.keys(after.nodes)])]
  return {
    nodes: ids.flatMap((id) => nodeChange(id, nodeOf(before, id), nodeOf(after, id)) ?? []),
    edgesAdded: missing(after.edges, before.edges),
    edgesRemoved: missing(before.edges, after.edges),
  }
}

export const isSameGraph = ({ nodes, edgesAdded, edgesRemoved }: GraphDiff): boolean =>
  nodes.length + edgesAdded.length + edgesRemoved.length === 0

function missing(edges: readonly GraphEdge[], from: readonly GraphEdge[]): readonly GraphEdge[] {
  const endsOf = ({ from: source, to }: GraphEdge): string => edgeKey({ from: source, to })
  const known = new Set(from.map(endsOf))
  return edges.filter((edge) => !known.has(endsOf(edge)))
}

function nodeChange(id: string, before: GraphNode | undefined, after: GraphNode | undefined): NodeChange | null {
  if (before === undefined)
    return after === undefined ? null : { id, node: after, kind: 'added', params: [], notes: [] }
  if (after === undefined) return { id, node: before, kind: 'removed', params: [], notes: [] }
  const params = paramChanges(before.params, after.params, [])
  const notes = [
    ...(before.type === after.type ? [] : [`${before.type} became ${after.type}`]),
    ...(before.version === after.version ? [] : [`version ${before.version} became ${after.version}`]),
    ...flagNote(before.muted, after.muted, 'muted'),
    ...flagNote(before.bypassed, after.bypassed, 'bypassed'),
  ]
  return params.length + notes.length === 0 ? null : { id, node: after, kind: 'changed', params, notes }
}

function flagNote(before: boolean | undefined, after: boolean | undefined, word: string): readonly string[] {
  if ((before ?? false) === (after ?? false)) return []
  return [after === true ? `now ${word}` : `no longer ${word}`]
}

function paramChanges(before: unknown, after: unknown, path: readonly string[]): readonly ParamChange[] {
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return keys.flatMap((key) => paramChanges(before[key], after[key], [...path, key]))
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path: path.join('.'), before, after }]
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
