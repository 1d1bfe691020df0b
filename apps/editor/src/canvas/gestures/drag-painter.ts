import type { GraphEdge } from '@graft/graph-schema'
import { edgeKey } from '@graft/graph-schema'
import type { Point } from '../../document/graph/geometry.js'
import { movedEnds, offsets, wirePath, wiresAt } from './live-drag.js'
import type { WireEnds } from './live-drag.js'

type DrawnWires = Map<string, WireEnds>

const byCanvas = new WeakMap<object, DrawnWires>()

/** The wires that a canvas has drawn, and where their ends were. A canvas is known by its React Flow store. */
export function wiresOf(canvas: object): DrawnWires {
  const known = byCanvas.get(canvas) ?? new Map<string, WireEnds>()
  byCanvas.set(canvas, known)
  return known
}

/** Called by each wire when it has been drawn; the result, when it goes or changes. */
export function rememberWire(canvas: object, id: string, ends: WireEnds): () => void {
  const drawn = wiresOf(canvas)
  drawn.set(id, ends)
  return () => void (drawn.get(id) === ends && drawn.delete(id))
}

export interface DragFrame {
  readonly positions: ReadonlyMap<string, Point>
  /** Where React Flow last rendered it. */
  readonly rendered: (id: string) => Point | undefined
  readonly edges: readonly GraphEdge[]
}

/**
 * Moves what is dragged, and the wires at it, in the page itself. Through React Flow each step of a drag would ask
 * every card and every wire whether it has changed; this touches what moves and nothing else. React renders at the end,
 * with the same places. The result says false when something that moves is not in the page, so that React has to
 * render.
 */
export function createDragPainter(
  root: () => ParentNode | null,
  drawn: ReadonlyMap<string, WireEnds>,
): (frame: DragFrame) => boolean {
  const elements = new Map<string, Element>()
  const element = (id: string, selector: string): Element | null => {
    const known = elements.get(id)
    if (known?.isConnected === true) return known
    const found = root()?.querySelector(`${selector}[data-id="${CSS.escape(id)}"]`) ?? null
    if (found !== null) elements.set(id, found)
    return found
  }
  return ({ positions, rendered, edges }) => {
    const moved = offsets(positions, rendered)
    const cards = [...positions].map(
      ([id, place]) => [element(id, '.react-flow__node') as HTMLElement | null, place] as const,
    )
    if (moved.size < positions.size || cards.some(([card]) => card === null)) return false
    for (const [card, { x, y }] of cards) if (card !== null) card.style.transform = `translate(${x}px, ${y}px)`
    for (const edge of wiresAt(edges, positions))
      paintWire(
        element(edgeKey(edge), '.react-flow__edge'),
        drawn.get(edgeKey(edge)),
        moved.get(edge.from.node),
        moved.get(edge.to.node),
      )
    return true
  }
}

/** A wire that is out of sight has no element, and nothing to paint. */
function paintWire(
  wire: Element | null,
  ends: WireEnds | undefined,
  source: Point | undefined,
  target: Point | undefined,
): void {
  if (wire === null || ends === undefined) return
  const { path } = wirePath(movedEnds(ends, source, target))
  for (const line of wire.querySelectorAll('path')) line.setAttribute('d', path)
}
