import { insertOnWire } from '../../document/commands/edges.js'
import type { Box, Point } from '../../document/graph/geometry.js'
import { getDocument, getManifests } from '../../document/store.js'

const hotClass = 'wire-hot'

/**
 * The wire that a card without wires, held at this place of a canvas, lies over and could be put on; null when there is
 * none.
 */
export function wireUnderCard(
  nodeId: string,
  { x, y, width, height }: Box,
  toScreen: (place: Point) => Point,
): string | null {
  if (getDocument().edges.some(({ from, to }) => from.node === nodeId || to.node === nodeId)) return null
  // From where the card is about to be: what is drawn is a step behind the mouse.
  const middle = toScreen({ x: x + width / 2, y: y + height / 2 })
  return (
    wiresAt(middle.x, middle.y).find((wire) => insertOnWire(getDocument(), getManifests(), wire, nodeId) !== null) ??
    null
  )
}

/** Wires at or near a point of the screen, also below other things, nearest first. */
export function wiresAt(x: number, y: number): readonly string[] {
  const elements = [0, -10, 10].flatMap((by) => document.elementsFromPoint(x, y + by))
  return [
    ...new Set(elements.flatMap((element) => element.closest('.react-flow__edge')?.getAttribute('data-id') ?? [])),
  ]
}

/**
 * Marks the wire of a canvas that would take the node. Done on the element: a render of the canvas for it would be felt
 * while dragging.
 */
export function highlightWire(canvas: ParentNode | null, before: string | null, now: string | null): void {
  for (const [key, isHot] of [
    [before, false],
    [now, true],
  ] as const) {
    if (key !== null)
      canvas?.querySelector(`.react-flow__edge[data-id="${CSS.escape(key)}"]`)?.classList.toggle(hotClass, isHot)
  }
}
