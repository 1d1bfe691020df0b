import { boundsOf, nodeBoxes } from '../../document/graph/geometry.js'
import type { Box } from '../../document/graph/geometry.js'
import { closedBox, groupFlowId, groupsOf, portsOfGroup } from '../../document/graph/groups.js'
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
  const all = groupsOf(document)
  if (all.length === 0) return []
  const boxes = new Map(
    [...nodeBoxes(document, manifests, measured)].map(([id, box]) => [id, { ...box, ...transient.positions.get(id) }]),
  )
  const selected = new Set(selection.nodes)
  return all.map((group) => {
    const id = groupFlowId(group.id)
    const isSelected = group.nodes.every((node) => selected.has(node))
    const box = group.isClosed ? closedBox(document.edges, group, boxes) : openBox(group, boxes)
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

function openBox(group: Group, boxes: ReadonlyMap<string, Box>): Box {
  const bounds = boundsOf(group.nodes.flatMap((node) => boxes.get(node) ?? []))
  const { x, y, width, height } = bounds ?? { x: 0, y: 0, width: 0, height: 0 }
  return {
    x: x - groupMargin.side,
    y: y - groupMargin.top,
    width: width + 2 * groupMargin.side,
    height: height + groupMargin.top + groupMargin.bottom,
  }
}
