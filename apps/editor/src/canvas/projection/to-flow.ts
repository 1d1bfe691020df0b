import { inputPort } from '@graft/graph-schema'
import { edgeKey, nodeOf } from '@graft/graph-schema'
import type { GraphEdge, GraphEndpoint, GraphNode, NodeManifest } from '@graft/graph-schema'
import { lookOf } from '../../document/commands/cards.js'
import { pointsOf } from '../../document/commands/wire-points.js'
import { edgesByNode, portNames, positionOf } from '../../document/graph/geometry.js'
import type { PortNames } from '../../document/graph/geometry.js'
import { groupFlowId, hiddenNodes, portOfGroup } from '../../document/graph/groups.js'
import { lanes } from '../routing/route-wire.js'
import type {
  CardFlowNode,
  FlowNode,
  FrameFlowNode,
  Keep,
  NoteFlowNode,
  Projection,
  ProjectionInput,
  Transient,
  WireEdge,
} from './flow-types.js'
import { groupItems } from './groups-to-flow.js'
import { unmeasured } from './unmeasured.js'

export type {
  CardData,
  CardFlowNode,
  FlowNode,
  FrameFlowNode,
  GroupData,
  GroupFlowNode,
  NoteFlowNode,
  Projection,
  ProjectionInput,
  Transient,
  WireEdge,
} from './flow-types.js'

const frameId = (index: number): string => `frame:${index}`
export const noteId = (index: number): string => `note:${index}`
export const nothingTransient: Transient = { positions: new Map(), sizes: new Map() }

/** What a flow id stands for. Node ids have no colon. */
export function itemOf(
  id: string,
):
  | { readonly kind: 'node'; readonly id: string }
  | { readonly kind: 'group'; readonly id: string }
  | { readonly kind: 'frame' | 'note'; readonly index: number } {
  if (id.startsWith('group:')) return { kind: 'group', id: id.slice('group:'.length) }
  const match = /^(frame|note):(\d+)$/.exec(id)
  return match === null ? { kind: 'node', id } : { kind: match[1] as 'frame' | 'note', index: Number(match[2]) }
}

/**
 * Makes what React Flow draws from the document. Each item keeps its object as long as nothing that it shows has
 * changed, so that an edit or a drag renders only what it touched. One projector per canvas.
 */
export function createProjector(): (input: ProjectionInput) => Projection {
  let remembered = new Map<string, { readonly from: readonly unknown[]; readonly item: FlowNode | WireEdge }>()
  let last: Projection = { nodes: [], edges: [] }
  let lastPorts: {
    readonly edges: readonly GraphEdge[]
    readonly nodes: unknown
    readonly manifests: unknown
    readonly byNode: Map<string, PortNames>
  } | null = null
  let lastWiring: {
    readonly edges: unknown
    readonly nodes: unknown
    readonly manifests: unknown
    readonly selected: unknown
    readonly points: unknown
    readonly groups: unknown
  } | null = null
  return (input) => {
    const next = new Map<string, { readonly from: readonly unknown[]; readonly item: FlowNode | WireEdge }>()
    const keep = <Item extends FlowNode | WireEdge>(key: string, from: readonly unknown[], make: () => Item): Item => {
      const known = remembered.get(key)
      const entry =
        known !== undefined && known.from.every((value, index) => Object.is(value, from[index]))
          ? known
          : { from, item: make() }
      next.set(key, entry)
      return entry.item as Item
    }
    // Ports depend on the wires only where a type lacks them; the usual case is shared between renders.
    if (
      lastPorts?.edges !== input.document.edges ||
      lastPorts.nodes !== input.document.nodes ||
      lastPorts.manifests !== input.manifests
    )
      lastPorts = {
        edges: input.document.edges,
        nodes: input.document.nodes,
        manifests: input.manifests,
        byNode: samePorts(input, lastPorts?.byNode),
      }
    const ports = lastPorts.byNode
    const nodes = [
      ...frames(input, keep),
      ...groupItems(input, keep),
      ...cards(input, ports, keep),
      ...notes(input, keep),
    ]
    // Nothing of a wire changes while a node is dragged, and React Flow indexes all of them again for a new list.
    const isSameWiring =
      lastWiring !== null &&
      lastWiring.edges === input.document.edges &&
      lastWiring.nodes === input.document.nodes &&
      lastWiring.manifests === input.manifests &&
      lastWiring.selected === input.selection.edges &&
      lastWiring.points === input.document.layout.wires &&
      lastWiring.groups === input.document.layout.groups
    const edges = isSameWiring ? last.edges : wires(input, keep)
    if (isSameWiring) for (const [key, entry] of remembered) if (key.startsWith('wire ')) next.set(key, entry)
    lastWiring = {
      edges: input.document.edges,
      nodes: input.document.nodes,
      manifests: input.manifests,
      selected: input.selection.edges,
      points: input.document.layout.wires,
      groups: input.document.layout.groups,
    }
    remembered = next
    last = { nodes: sameList(last.nodes, nodes), edges: sameList(last.edges, edges) }
    return last
  }
}

function sameList<Item>(before: Item[], now: Item[]): Item[] {
  return before.length === now.length && before.every((item, index) => item === now[index]) ? before : now
}

function samePorts(
  { document, manifests }: ProjectionInput,
  before: ReadonlyMap<string, PortNames> | undefined,
): Map<string, PortNames> {
  const wired = edgesByNode(document)
  return new Map(
    Object.entries(document.nodes).map(([id, node]) => {
      const ports = portNames({ edges: wired.get(id) ?? [] }, id, manifests.get(node.type))
      const known = before?.get(id)
      return [
        id,
        known !== undefined &&
        known.inputs.join() === ports.inputs.join() &&
        known.outputs.join() === ports.outputs.join()
          ? known
          : ports,
      ]
    }),
  )
}

function cards(
  { document, selection, manifests, measured, transient }: ProjectionInput,
  portsOf: ReadonlyMap<string, PortNames>,
  keep: Keep,
): FlowNode[] {
  const selected = new Set(selection.nodes)
  const hidden = hiddenNodes(document)
  return Object.entries(document.nodes).flatMap(([id, node]): readonly FlowNode[] => {
    if (hidden.has(id)) return []
    const manifest = manifests.get(node.type)
    const ports = portsOf.get(id) ?? { inputs: [], outputs: [] }
    const position = transient.positions.get(id) ?? positionOf(document, id)
    const size = measured.get(id)
    const isSelected = selected.has(id)
    const isUnknown = manifest === undefined && manifests.size > 0
    const look = lookOf(document, id)
    const isCollapsed = look?.collapsed === true
    const color = look?.color
    return [
      keep(
        id,
        [node, manifest, isUnknown, ports, isCollapsed, color, position.x, position.y, size, isSelected],
        (): CardFlowNode => ({
          id,
          type: 'card',
          position: { x: position.x, y: position.y },
          data: { node, manifest, isUnknown, ports, isCollapsed, color },
          selected: isSelected,
          zIndex: isSelected ? 20 : 10,
          ariaLabel: `${describeCard(id, node, manifest)}${isCollapsed ? ', collapsed' : ''}`,
          ...(size === undefined ? unmeasured(ports, isCollapsed) : { measured: size }),
        }),
      ),
    ]
  })
}

function describeCard(id: string, node: GraphNode, manifest: NodeManifest | undefined): string {
  const title = node.title ?? manifest?.title ?? node.type
  const type =
    manifest === undefined ? `, unknown type ${node.type}` : node.title === undefined ? '' : `, ${manifest.title}`
  return `${title}${type}, node ${id}${node.muted === true ? ', muted' : ''}${node.bypassed === true ? ', bypassed' : ''}`
}

function frames({ document, selection, transient }: ProjectionInput, keep: Keep): FlowNode[] {
  return document.layout.frames.map((frame, index) => {
    const id = frameId(index)
    const { x, y } = transient.positions.get(id) ?? frame
    const { width, height } = transient.sizes.get(id) ?? frame
    const selected = selection.frames.includes(index)
    return keep(
      id,
      [frame, x, y, width, height, selected],
      (): FrameFlowNode => ({
        id,
        type: 'frame',
        position: { x, y },
        width,
        height,
        measured: { width, height },
        selected,
        zIndex: -1,
        dragHandle: '.frame-handle',
        ariaLabel: `Frame ${frame.title}`,
        data: { index, title: frame.title, color: frame.color },
      }),
    )
  })
}

function notes({ document, selection, transient }: ProjectionInput, keep: Keep): FlowNode[] {
  return document.layout.notes.map((note, index) => {
    const id = noteId(index)
    const { x, y } = transient.positions.get(id) ?? note
    const { width, height } = transient.sizes.get(id) ?? { width: note.width ?? 220, height: note.height ?? 120 }
    const selected = selection.notes.includes(index)
    return keep(
      id,
      [note, x, y, width, height, selected],
      (): NoteFlowNode => ({
        id,
        type: 'note',
        position: { x, y },
        width,
        height,
        measured: { width, height },
        selected,
        zIndex: selected ? 20 : 5,
        ariaLabel: `Note: ${note.text.slice(0, 80)}`,
        data: { index, text: note.text },
      }),
    )
  })
}

function wires({ document, selection, manifests }: ProjectionInput, keep: Keep): WireEdge[] {
  const selected = new Set(selection.edges)
  const seen = new Set<string>()
  const laneOf = lanesByPort()
  const hidden = hiddenNodes(document)
  return document.edges.flatMap((edge) => {
    const key = edgeKey(edge)
    const from = nodeOf(document, edge.from.node)
    const to = nodeOf(document, edge.to.node)
    // What leads nowhere, or is there twice, can't be drawn; the list of problems tells of it.
    if (from === undefined || to === undefined || seen.has(key)) return []
    seen.add(key)
    const source = hidden.get(edge.from.node)
    const target = hidden.get(edge.to.node)
    if (source !== undefined && source === target) return []
    const kind =
      manifests.get(from.type)?.outputs[edge.from.port]?.kind ?? inputPort(manifests.get(to.type), edge.to.port)?.kind
    const inactive = from.muted === true || to.muted === true
    const isSelected = selected.has(key)
    const lane = laneOf(edge.from)
    const via = pointsOf(document, key)
    return [
      keep(
        `wire ${key}`,
        [edge, kind, inactive, isSelected, lane, via, source, target],
        (): WireEdge => ({
          id: key,
          type: 'wire',
          source: source === undefined ? edge.from.node : groupFlowId(source.id),
          sourceHandle: source === undefined ? edge.from.port : portOfGroup(edge.from),
          target: target === undefined ? edge.to.node : groupFlowId(target.id),
          targetHandle: target === undefined ? edge.to.port : portOfGroup(edge.to),
          selected: isSelected,
          ariaLabel: `Wire from ${edge.from.port} of ${edge.from.node} to ${edge.to.port} of ${edge.to.node}`,
          data: { kind, inactive, lane, via },
        }),
      ),
    ]
  })
}

/** Numbers the ports that wires come from, round and round. */
function lanesByPort(): (from: GraphEndpoint) => number {
  const known = new Map<string, number>()
  return ({ node, port }) => {
    const key = `${node}.${port}`
    const lane = known.get(key) ?? known.size % lanes
    known.set(key, lane)
    return lane
  }
}
