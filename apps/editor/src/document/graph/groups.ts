import { edgeKey, inputPort, nodeOf } from '@graft/graph-schema'
import type { GraphDocument, GraphEdge, GraphEndpoint, NodeManifest } from '@graft/graph-schema'
import { boundsOf, cardSizeOf, nodeBoxes } from './geometry.js'
import type { Box, PortNames } from './geometry.js'

/** Nodes that are shown as one. */
export interface Group {
  readonly id: string
  readonly title: string
  /** All nodes within, those of the groups within included. */
  readonly nodes: readonly string[]
  /** The nodes that are in no group within. */
  readonly own: readonly string[]
  /** The group that it is in; null: none. */
  readonly parent: string | null
  readonly isClosed: boolean
}

const none: readonly Group[] = []
const remembered = new WeakMap<object, { readonly nodes: unknown; readonly groups: readonly Group[] }>()

/**
 * The groups of a document that have nodes, each after the one that it is in. A node that two of them name is in the
 * first.
 */
export function groupsOf({ layout, nodes }: Pick<GraphDocument, 'layout' | 'nodes'>): readonly Group[] {
  if (layout.groups === undefined) return none
  const known = remembered.get(layout.groups)
  if (known?.nodes === nodes) return known.groups
  const groups = readGroups(layout.groups, nodes)
  remembered.set(layout.groups, { nodes, groups })
  return groups
}

function readGroups(
  stored: NonNullable<GraphDocument['layout']['groups']>,
  nodes: GraphDocument['nodes'],
): readonly Group[] {
  const taken = new Set<string>()
  const own = new Map<string, readonly string[]>()
  for (const [id, group] of Object.entries(stored)) {
    const members = [...new Set(group.nodes)].filter((node) => Object.hasOwn(nodes, node) && !taken.has(node))
    for (const node of members) taken.add(node)
    own.set(id, members)
  }
  const chains = new Map(Object.keys(stored).map((id) => [id, ancestorsOf(stored, id)]))
  return Object.entries(stored)
    .map(([id, { title, closed }]): Group => {
      const within = [...own].filter(([other]) => other === id || chains.get(other)?.includes(id) === true)
      return {
        ...{ id, title, own: own.get(id) ?? [], parent: chains.get(id)?.[0] ?? null, isClosed: closed === true },
        nodes: within.flatMap(([, members]) => members),
      }
    })
    .filter((group) => group.nodes.length > 0)
    .toSorted((a, b) => (chains.get(a.id)?.length ?? 0) - (chains.get(b.id)?.length ?? 0))
}

/** The groups around one, the nearest first; none where they go round in a circle. */
function ancestorsOf(stored: NonNullable<GraphDocument['layout']['groups']>, id: string): readonly string[] {
  const chain: string[] = []
  for (let at = stored[id]?.parent; at !== undefined && Object.hasOwn(stored, at); at = stored[at]?.parent) {
    if (at === id || chain.includes(at)) return []
    chain.push(at)
  }
  return chain
}

/** The innermost group that a node is in; undefined: none. */
export const groupOf = (document: Pick<GraphDocument, 'layout' | 'nodes'>, node: string): Group | undefined =>
  groupsOf(document).findLast(({ nodes }) => nodes.includes(node))

/** By node, the outermost closed group that hides it. */
export function hiddenNodes(document: Pick<GraphDocument, 'layout' | 'nodes'>): ReadonlyMap<string, Group> {
  const hidden = new Map<string, Group>()
  for (const group of groupsOf(document))
    if (group.isClosed) for (const node of group.nodes) if (!hidden.has(node)) hidden.set(node, group)
  return hidden
}

/** The groups that are drawn: those in no closed one. */
export function drawnGroups(document: Pick<GraphDocument, 'layout' | 'nodes'>): readonly Group[] {
  const hidden = hiddenNodes(document)
  return groupsOf(document).filter(({ id, nodes: [first = ''] }) => {
    const by = hidden.get(first)
    return by === undefined || by.id === id || !isWithin(document, id, by.id)
  })
}

function isWithin(document: Pick<GraphDocument, 'layout' | 'nodes'>, id: string, outer: string): boolean {
  const byId = new Map(groupsOf(document).map((group) => [group.id, group]))
  for (let at = byId.get(id)?.parent ?? null; at !== null; at = byId.get(at)?.parent ?? null)
    if (at === outer) return true
  return false
}

/**
 * The group that is meant by some selected nodes: the closed one that they are seen as, the one that they all are, else
 * the innermost of the first.
 */
export function groupMeant(
  document: Pick<GraphDocument, 'layout' | 'nodes'>,
  ids: readonly string[],
): Group | undefined {
  const [first] = ids.filter((id) => groupOf(document, id) !== undefined)
  if (first === undefined) return undefined
  const all = groupsOf(document).find(
    ({ nodes }) => nodes.length === ids.length && nodes.every((id) => ids.includes(id)),
  )
  return hiddenNodes(document).get(first) ?? all ?? groupOf(document, first)
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
