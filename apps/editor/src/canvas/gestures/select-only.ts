import type { Selection } from '../../document/commands/command.js'
import { groupsOf } from '../../document/graph/groups.js'
import { editor, getDocument } from '../../document/store.js'
import { itemOf } from '../projection/to-flow.js'

/** Keys with which a click adds to the selection instead of making one. */
export const addingKeys = ['Shift', 'Meta', 'Control'] as const

/**
 * A plain click on one of several selected items selects that one. React Flow keeps all of them selected, because the
 * press might have begun to drag them; only the click tells that it did not.
 */
export function selectOnly(
  event: { readonly shiftKey: boolean; readonly metaKey: boolean; readonly ctrlKey: boolean },
  id: string,
): void {
  if (event.shiftKey || event.metaKey || event.ctrlKey) return
  const { nodes, edges, frames, notes } = editor.get().selection
  if (nodes.length + edges.length + frames.length + notes.length > 1) editor.select(selectionOf(id))
}

/** The selection of one item on the canvas: a node, a frame or a note. */
export function selectionOf(id: string): Partial<Selection> {
  const item = itemOf(id)
  if (item.kind === 'node') return { nodes: [item.id] }
  if (item.kind === 'group')
    return { nodes: groupsOf(getDocument()).find(({ id: group }) => group === item.id)?.nodes ?? [] }
  return item.kind === 'frame' ? { frames: [item.index] } : { notes: [item.index] }
}
