import { edgeKey, inputPort, nodeOf } from '@graft/graph-schema'
import type { GraphDocument, GraphEdge, GraphEndpoint, NodeManifest } from '@graft/graph-schema'
import { boundsOf, cardSizeOf, nodeBoxes } from './geometry.js'
import type { Box, PortNames } from './geometry.js'

/** Nodes that are shown as one. */
export interface Group {
  readonly id: string
  readonly title: string
  readonly nodes: readonly string[]
  readonly isClosed: boolean
}

const none: readonly Group[] = []
const remembered = new WeakMap<object, { readonly nodes: unknown; readonly groups: readonly Group[] }>()

/** The groups of a document that have nodes. A node that two of them name is in the first. */
export function groupsOf({ layout, nodes }: Pick<GraphDocument, 'layout' | 'nodes'>): readonly Group[] {
  if (layout.groups === undefined) return none
  const known = remembered.get(layout.groups)
  if (known?.nodes === nodes) return known.groups
  const taken = new Set<string>()
  const groups = Object.entries(layout.groups).flatMap(([id, group]): readonly Group[] => {
    const members = group.nodes.filter((node) => Object.hasOwn(nodes, node) && !taken.has(node))
    for (const node of members) taken.add(node)
    return members.length === 0 ? [] : [{ id, title: group.title, nodes: members, isClosed: group.closed === true }]
  })
  remembered.set(layout.groups, { nodes, groups })
  return groups
}

/** The group that a node is in; undefined: none. */
export const groupOf = (document: Pick<GraphDocument, 'layout' | 'nodes'>, node: string): Group | undefined =>
  groupsOf(document).find(({ nodes }) => nodes.includes(node))

/** By node, the closed group that hides it. */
export function hiddenNodes(document: Pick<GraphDocument, 'layout' | 'nodes'>): ReadonlyMap<string, Group> {
  return new Map(
    groupsOf(document)
      .filter(({ isClosed }) => isClosed)
      .flatMap((group) => group.nodes.map((node) => [node, group] as const)),
  )
}

/** A port of a closed group stands for one of a node within. Ids of nodes have no dot. */
export const portOfGroup = ({ node, port }: GraphEndpoint): string => `${node}.${port}`

/** The node's port that a group's stands for. */
export function endOfPort(name: string): GraphEndpoint {
  const dot = name.indexOf('.')
  return { node: name.slice(0, dot), port: name.slice(dot + 1) }
}

/** What a group takes and gives: the ends of the wires that cross its border. */
export function portsOfGroup(edges: readonly GraphEdge[], { nodes }: Pick<Group, 'nodes'>): PortNames {
  const within = new Set(nodes)
  const inputs = edges.filter(({ from, to }) => within.has(to.node) && !within.has(from.node))
  const outputs = edges.filter(({ from, to }) => within.has(from.node) && !within.has(to.node))
  return {
    inputs: [...new Set(inputs.map(({ to }) => portOfGroup(to)))],
    outputs: [...new Set(outputs.map(({ from }) => portOfGroup(from)))],
  }
}

/** What a port of a group is called and carries: as the node's own. */
export function describePort(
  document: GraphDocument,
  manifests: ReadonlyMap<string, NodeManifest>,
  name: string,
  side: 'input' | 'output',
): ReturnType<typeof inputPort> {
  const { node, port } = endOfPort(name)
  const manifest = manifests.get(nodeOf(document, node)?.type ?? '')
  return side === 'input' ? inputPort(manifest, port) : manifest?.outputs[port]
}

/** The card of a closed group: it stands where its nodes begin. */
export function closedBox(edges: readonly GraphEdge[], group: Group, boxes: ReadonlyMap<string, Box>): Box {
  const bounds = boundsOf(group.nodes.flatMap((id) => boxes.get(id) ?? []))
  return { x: bounds?.x ?? 0, y: bounds?.y ?? 0, ...cardSizeOf(portsOfGroup(edges, group)) }
}

/** What is seen of a graph: closed groups in place of their nodes, by the names that `idOf` gives them. */
export interface SeenGraph {
  readonly edges: readonly GraphEdge[]
  readonly boxes: ReadonlyMap<string, Box>
  readonly groups: ReadonlyMap<string, Group>
}

export const groupFlowId = (id: string): string => `group:${id}`

export function seenGraph(
  document: GraphDocument,
  manifests: ReadonlyMap<string, NodeManifest>,
  measured?: ReadonlyMap<string, { readonly width: number; readonly height: number }>,
): SeenGraph {
  const all = nodeBoxes(document, manifests, measured)
  const hidden = hiddenNodes(document)
  if (hidden.size === 0) return { edges: document.edges, boxes: all, groups: new Map() }
  const groups = new Map([...new Set(hidden.values())].map((group) => [groupFlowId(group.id), group]))
  const boxes = new Map([...all].filter(([id]) => !hidden.has(id)))
  for (const [id, group] of groups) boxes.set(id, closedBox(document.edges, group, all))
  return { edges: seenEdges(document.edges, hidden), boxes, groups }
}

/** Wires as they are seen: from and to the closed groups that hide their ends, without those within. */
function seenEdges(edges: readonly GraphEdge[], hidden: ReadonlyMap<string, Group>): readonly GraphEdge[] {
  const seen = (end: GraphEndpoint): GraphEndpoint => {
    const group = hidden.get(end.node)
    return group === undefined ? end : { node: groupFlowId(group.id), port: portOfGroup(end) }
  }
  return edges.flatMap((edge) => {
    const group = hidden.get(edge.from.node)
    if (group !== undefined && group === hidden.get(edge.to.node)) return []
    return [{ ...edge, id: edgeKey(edge), from: seen(edge.from), to: seen(edge.to) }]
  })
}
