import { insertOnWire } from '../document/commands/edges.js'
import { getDocument, getManifests } from '../document/store.js'

const hotClass = 'wire-hot'

/** The wire that a card without wires is held over and could be put on; null when there is none. */
export function wireUnderCard(nodeId: string): string | null {
  if (getDocument().edges.some(({ from, to }) => from.node === nodeId || to.node === nodeId)) return null
  const box = document.querySelector(`.react-flow__node[data-id="${CSS.escape(nodeId)}"]`)?.getBoundingClientRect()
  if (box === undefined) return null
  const wire = wireAt(box.left + box.width / 2, box.top + box.height / 2)
  return wire !== null && insertOnWire(getDocument(), getManifests(), wire, nodeId) !== null ? wire : null
}

/** The wire at a point of the screen, also below other things. */
export function wireAt(x: number, y: number): string | null {
  for (const element of document.elementsFromPoint(x, y)) {
    const wire = element.closest('.react-flow__edge')?.getAttribute('data-id')
    if (wire !== null && wire !== undefined) return wire
  }
  return null
}

/** Marks the wire that would take the node. Done on the element: a render of the canvas for it would be felt while dragging. */
export function highlightWire(before: string | null, now: string | null): void {
  for (const [key, isHot] of [[before, false], [now, true]] as const) {
    if (key !== null) document.querySelector(`.react-flow__edge[data-id="${CSS.escape(key)}"]`)?.classList.toggle(hotClass, isHot)
  }
}
