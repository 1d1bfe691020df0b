import type { GraphDocument } from '@graft/graph-schema'
import type { NodeChange } from '@xyflow/react'
import { setFrame, setNote } from '../../document/commands/annotations.js'
import { move } from '../../document/commands/arrange.js'
import type { Command, Selection } from '../../document/commands/command.js'
import { positionOf } from '../../document/graph/geometry.js'
import type { Point } from '../../document/graph/geometry.js'
import { groupsOf } from '../../document/graph/groups.js'
import { cornerOfGroup } from './groups-to-flow.js'
import { itemOf, nothingTransient } from './to-flow.js'
import type { FlowNode, Transient } from './to-flow.js'

export interface ChangeContext {
  readonly document: GraphDocument
  readonly selection: Selection
  readonly transient: Transient
  readonly measured: ReadonlyMap<string, { readonly width: number; readonly height: number }>
  /** What moves along with a frame: flow ids by the frame's. */
  readonly carried: ReadonlyMap<string, readonly string[]>
  /** Names the drag, so that what follows from it (putting a node on a wire) is the same undo step. */
  readonly dragKey: string
}

/** What React Flow's changes mean: the same object where nothing changed. */
export interface ChangeOutcome {
  readonly transient: Transient
  readonly measured: ChangeContext['measured']
  readonly selection: Selection
  readonly commands: readonly Command[]
}

/**
 * Sorts what React Flow reports into edits of the document (at the end of a drag), what is only shown meanwhile, and
 * selection. One drag is one edit; arrow keys in a row are one undo step.
 */
export function applyChanges(changes: readonly NodeChange<FlowNode>[], context: ChangeContext): ChangeOutcome {
  const positions = new Map(context.transient.positions)
  const sizes = new Map(context.transient.sizes)
  const measured = new Map(context.measured)
  let isMeasured = false
  let isDropped = false
  let resized: string | null = null
  const keyMoves = new Map<string, Point>()
  for (const change of changes) {
    if (change.type === 'position' && change.position !== undefined) {
      if (change.dragging === false && context.transient.positions.size === 0) keyMoves.set(change.id, change.position)
      else moveWithCarried(context, positions, change.id, change.position)
      isDropped ||= change.dragging === false
    } else if (change.type === 'dimensions' && change.dimensions !== undefined) {
      const { width, height } = change.dimensions
      const { kind } = itemOf(change.id)
      if (kind === 'group') continue
      if (kind === 'node') {
        const known = measured.get(change.id)
        if (known?.width === width && known.height === height) continue
        measured.set(change.id, { width, height })
        isMeasured = true
      } else if (change.resizing !== undefined) {
        sizes.set(change.id, { width, height })
        if (!change.resizing) resized = change.id
      }
    }
  }
  const commands: Command[] = []
  if (resized !== null) commands.push(...resizeCommand(resized, positions.get(resized), sizes.get(resized)))
  else if (keyMoves.size > 0) commands.push(moveCommand(context.document, keyMoves, 'arrow-keys'))
  else if (isDropped && positions.size > 0) commands.push(moveCommand(context.document, positions, context.dragKey))
  const isOver = resized !== null || isDropped
  const isShown =
    positions.size !== context.transient.positions.size ||
    sizes.size !== context.transient.sizes.size ||
    changes.some(({ type }) => type === 'position') ||
    changes.some((change) => change.type === 'dimensions' && change.resizing !== undefined)
  return {
    transient: isOver ? nothingTransient : isShown && keyMoves.size === 0 ? { positions, sizes } : context.transient,
    measured: isMeasured ? measured : context.measured,
    selection: applySelection(context.document, changes, context.selection),
    commands,
  }
}

function moveWithCarried(context: ChangeContext, positions: Map<string, Point>, id: string, position: Point): void {
  positions.set(id, position)
  const item = itemOf(id)
  if (item.kind === 'group') return moveMembers(context.document, positions, item.id, id, position)
  if (item.kind !== 'frame') return
  const before = context.document.layout.frames[item.index]
  if (before === undefined) return
  for (const other of context.carried.get(id) ?? []) {
    const place = placeOf(context.document, other)
    positions.set(other, { x: place.x + position.x - before.x, y: place.y + position.y - before.y })
  }
}

/** A group is where its nodes are: they move as far as it does. */
function moveMembers(
  document: GraphDocument,
  positions: Map<string, Point>,
  groupId: string,
  flowId: string,
  position: Point,
): void {
  const group = groupsOf(document).find(({ id }) => id === groupId)
  positions.delete(flowId)
  if (group === undefined) return
  const places = group.nodes.map((node) => [node, positionOf(document, node)] as const)
  const corner = cornerOfGroup(group, groupsOf(document), (node) => positionOf(document, node))
  for (const [node, place] of places)
    positions.set(node, { x: place.x + position.x - corner.x, y: place.y + position.y - corner.y })
}

function placeOf(document: GraphDocument, flowId: string): Point {
  const item = itemOf(flowId)
  if (item.kind === 'node' || item.kind === 'group') return positionOf(document, item.id)
  return (item.kind === 'frame' ? document.layout.frames : document.layout.notes)[item.index] ?? { x: 0, y: 0 }
}

function moveCommand(document: GraphDocument, positions: ReadonlyMap<string, Point>, coalesce?: string): Command {
  const nodes = new Map<string, Point>()
  const frames = new Map<number, Point>()
  const notes = new Map<number, Point>()
  for (const [flowId, place] of positions) {
    const item = itemOf(flowId)
    if (item.kind === 'group') continue
    if (item.kind === 'node') nodes.set(item.id, place)
    else (item.kind === 'frame' ? frames : notes).set(item.index, place)
  }
  return move(document, { nodes, frames, notes }, coalesce)
}

function resizeCommand(
  flowId: string,
  position: Point | undefined,
  size: { readonly width: number; readonly height: number } | undefined,
): readonly Command[] {
  const item = itemOf(flowId)
  const change = { ...(position !== undefined && { x: position.x, y: position.y }), ...size }
  if (item.kind === 'node' || item.kind === 'group') return []
  return [item.kind === 'frame' ? setFrame(item.index, change) : setNote(item.index, change)]
}

function applySelection(
  document: GraphDocument,
  changes: readonly NodeChange<FlowNode>[],
  selection: Selection,
): Selection {
  const nodes = new Set(selection.nodes)
  const frames = new Set(selection.frames)
  const notes = new Set(selection.notes)
  let isChanged = false
  // Groups first: of one that is let go, a node may be chosen in the same step.
  for (const change of changes.toSorted((one, other) => Number(isOfGroup(other)) - Number(isOfGroup(one)))) {
    if (change.type !== 'select') continue
    isChanged = true
    const item = itemOf(change.id)
    if (item.kind === 'group') {
      for (const node of groupsOf(document).find(({ id }) => id === item.id)?.nodes ?? [])
        set(nodes, node, change.selected)
    } else if (item.kind === 'node') set(nodes, item.id, change.selected)
    else set(item.kind === 'frame' ? frames : notes, item.index, change.selected)
  }
  return isChanged ? { nodes: [...nodes], edges: selection.edges, frames: [...frames], notes: [...notes] } : selection
}

const isOfGroup = (change: NodeChange<FlowNode>): boolean => 'id' in change && itemOf(change.id).kind === 'group'

function set<Item>(items: Set<Item>, item: Item, isIn: boolean): void {
  if (isIn) items.add(item)
  else items.delete(item)
}
