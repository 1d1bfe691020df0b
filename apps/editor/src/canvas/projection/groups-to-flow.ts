import type { GraphEdge } from '@graft/graph-schema'
import { boundsOf, nodeBoxes } from '../../document/graph/geometry.js'
import type { Box, Point } from '../../document/graph/geometry.js'
import { closedBox, drawnGroups, groupFlowId, portsOfGroup } from '../../document/graph/groups.js'
import type { Group } from '../../document/graph/groups.js'
import type { FlowNode, GroupFlowNode, Keep, ProjectionInput } from './flow-types.js'
import { unmeasured } from './unmeasured.js'

/** Around what an open group holds; more above, where its title is. */
export const groupMargin = { side: 24, top: 48, bottom: 24 } as const

/** Groups as they are drawn: closed ones as cards, open ones as frames behind their nodes. */
export function groupItems(
  { document, selection, manifests, measured, transient }: ProjectionInput,
  keep: Keep,
): FlowNode[] {
  const all = drawnGroups(document)
  if (all.length === 0) return []
  const boxes = new Map(
    [...nodeBoxes(document, manifests, measured)].map(([id, box]) => [id, { ...box, ...transient.positions.get(id) }]),
  )
  const selected = new Set(selection.nodes)
  return all.map((group) => {
    const id = groupFlowId(group.id)
    const isSelected = group.nodes.every((node) => selected.has(node))
    const box = boxOfGroup(group, all, document.edges, boxes)
    const { x, y, width, height } = box
    const ports = portsOfGroup(document.edges, group)
    const names = `${ports.inputs.join()}>${ports.outputs.join()}`
    return keep(
      id,
      [group, names, x, y, width, height, isSelected, manifests],
      (): GroupFlowNode => ({
        id,
        type: group.isClosed ? 'group-closed' : 'group-open',
        position: { x, y },
        ...(!group.isClosed && { width, height, dragHandle: '.frame-handle' }),
        ...(group.isClosed ? unmeasured(ports, false) : { measured: { width, height } }),
        selected: isSelected,
        zIndex: group.isClosed ? (isSelected ? 20 : 10) : -1,
        ariaLabel: `Group ${group.title}, ${group.nodes.length} nodes${group.isClosed ? '' : ', open'}`,
        data: { id: group.id, title: group.title, nodes: group.nodes, ports },
      }),
    )
  })
}

/** An open group lies around its nodes and the groups within, a closed one is a card. */
function boxOfGroup(
  group: Group,
  drawn: readonly Group[],
  edges: readonly GraphEdge[],
  boxes: ReadonlyMap<string, Box>,
): Box {
  if (group.isClosed) return closedBox(edges, group, boxes)
  const within = drawn.filter(({ parent }) => parent === group.id)
  const bounds = boundsOf([
    ...group.own.flatMap((node) => boxes.get(node) ?? []),
    ...within.map((inner) => boxOfGroup(inner, drawn, edges, boxes)),
  ])
  const { x, y, width, height } = bounds ?? { x: 0, y: 0, width: 0, height: 0 }
  return {
    x: x - groupMargin.side,
    y: y - groupMargin.top,
    width: width + 2 * groupMargin.side,
    height: height + groupMargin.top + groupMargin.bottom,
  }
}

/** Upper left corner of a group as it is drawn, by the places of its nodes. */
export function cornerOfGroup(group: Group, all: readonly Group[], placeOf: (node: string) => Point): Point {
  const margin = group.isClosed ? { side: 0, top: 0 } : groupMargin
  const parts = group.isClosed
    ? group.nodes.map(placeOf)
    : [
        ...group.own.map(placeOf),
        ...all.filter(({ parent }) => parent === group.id).map((inner) => cornerOfGroup(inner, all, placeOf)),
      ]
  return {
    x: Math.min(...parts.map(({ x }) => x)) - margin.side,
    y: Math.min(...parts.map(({ y }) => y)) - margin.top,
  }
}
