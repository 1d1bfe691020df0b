import type { GraphEdge } from '@graft/graph-schema'
import { edgeKey } from '@graft/graph-schema'
import type { Point } from '../../document/graph/geometry.js'
import type { WireEnds } from '../routing/bezier.js'
import { plainRoute } from '../routing/route-wire.js'
import { createMovingWires } from './moving-wires.js'
import { movedEnds, offsets, wiresAt } from './live-drag.js'

/** A wire as React last rendered it. */
export interface DrawnWire {
  readonly ends: WireEnds
  readonly via: readonly Point[]
  readonly path: string
  readonly middle: Point
}

type DrawnWires = Map<string, DrawnWire>

const byCanvas = new WeakMap<object, DrawnWires>()

/**
 * The wires that a canvas has drawn. A canvas is known by its React Flow store's `getState`: every component gets an
 * object of its own for the rest of the store.
 */
export function wiresOf(canvas: object): DrawnWires {
  const known = byCanvas.get(canvas) ?? new Map<string, DrawnWire>()
  byCanvas.set(canvas, known)
  return known
}

/** Called by each wire when it has been drawn; the result, when it goes or changes. */
export function rememberWire(canvas: object, id: string, wire: DrawnWire): () => void {
  const drawn = wiresOf(canvas)
  drawn.set(id, wire)
  return () => void (drawn.get(id) === wire && drawn.delete(id))
}

export interface DragFrame {
  readonly positions: ReadonlyMap<string, Point>
  /** Where React Flow last rendered it. */
  readonly rendered: (id: string) => Point | undefined
  readonly edges: readonly GraphEdge[]
}

export interface DragPainter {
  /** False when something that moves is not in the page, so that React has to render. */
  readonly paint: (frame: DragFrame) => boolean
  /** When React is to render: what it knows of is shown, as it left it. */
  readonly stop: () => void
}

/** So many cards at most lie on sheets of their own while they move; a sheet takes memory. */
const mostSheets = 4

/**
 * Moves what is dragged, and the wires at it, in the page itself. Wires are plain curves meanwhile. Through React Flow
 * each step of a drag would ask every card and every wire whether it has changed; this touches what moves and nothing
 * else. React renders at the end, with the same places.
 */
export function createDragPainter(root: () => ParentNode | null, drawn: ReadonlyMap<string, DrawnWire>): DragPainter {
  const wires = createMovingWires(root)
  const inHand = new Set<HTMLElement>()
  const elements = new Map<string, Element>()
  const element = (id: string, selector: string): Element | null => {
    const known = elements.get(id)
    if (known?.isConnected === true) return known
    const found = root()?.querySelector(`${selector}[data-id="${CSS.escape(id)}"]`) ?? null
    if (found !== null) elements.set(id, found)
    return found
  }
  const paint = ({ positions, rendered, edges }: DragFrame): boolean => {
    const moved = offsets(positions, rendered)
    const cards = [...positions].map(
      ([id, place]) => [element(id, '.react-flow__node') as HTMLElement | null, place] as const,
    )
    if (moved.size < positions.size || cards.some(([card]) => card === null)) return false
    for (const [card, { x, y }] of cards) {
      if (card === null) continue
      card.style.transform = `translate(${x}px, ${y}px)`
      if (cards.length > mostSheets || inHand.has(card)) continue
      card.dataset.inHand = ''
      inHand.add(card)
    }
    for (const edge of wiresAt(edges, positions)) {
      const key = edgeKey(edge)
      const wire = drawn.get(key)
      // A wire that is out of sight has no element, and nothing to paint.
      const line = element(key, '.react-flow__edge')
      if (wire === undefined || line === null) continue
      const ends = movedEnds(wire.ends, moved.get(edge.from.node), moved.get(edge.to.node))
      wires.draw(key, line, plainRoute(ends, wire.via).path)
    }
    return true
  }
  const stop = (): void => {
    wires.clear()
    for (const card of inHand) delete card.dataset.inHand
    inHand.clear()
  }
  return { paint, stop }
}
