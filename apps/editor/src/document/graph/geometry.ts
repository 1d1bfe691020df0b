import type { GraphDocument, GraphEdge, NodeManifest } from '@graft/graph-schema'
import { nodeOf } from '@graft/graph-schema'

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Box extends Point {
  readonly width: number
  readonly height: number
}

/**
 * Sizes of a node card in canvas units. canvas/node-card.css draws exactly these, so wires and layout are right before
 * anything is measured.
 */
export const cardSize = { width: 216, header: 38, portRow: 22, portsPadding: 12, footer: 26 } as const
export const grid = 10

export interface PortNames {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

/**
 * The ports that a node shows: its type's, and those that edges name though the type doesn't have them (unknown types,
 * renamed ports).
 */
export function portNames(
  document: { readonly edges: readonly GraphEdge[] },
  nodeId: string,
  manifest: NodeManifest | undefined,
): PortNames {
  const inputs = new Set(Object.keys(manifest?.inputs ?? {}))
  const outputs = new Set(Object.keys(manifest?.outputs ?? {}))
  for (const { from, to } of document.edges) {
    if (to.node === nodeId) inputs.add(to.port)
    if (from.node === nodeId) outputs.add(from.port)
  }
  return { inputs: [...inputs], outputs: [...outputs] }
}

/** Width and height of a card with these ports, without a preview image. A collapsed one is its header. */
export function cardSizeOf(ports: PortNames, isCollapsed = false): { readonly width: number; readonly height: number } {
  if (isCollapsed) return { width: cardSize.width, height: cardSize.header }
  const rows = Math.max(ports.inputs.length, ports.outputs.length)
  return {
    width: cardSize.width,
    height: cardSize.header + cardSize.portsPadding + rows * cardSize.portRow + cardSize.footer,
  }
}

/** Centre of a port's dot, from the card's upper left corner. All ports of a side of a collapsed card are one place. */
export function portOffset(index: number, side: 'input' | 'output', isCollapsed = false): Point {
  return {
    x: side === 'input' ? 0 : cardSize.width,
    y: isCollapsed
      ? cardSize.header / 2
      : cardSize.header + cardSize.portsPadding / 2 + (index + 0.5) * cardSize.portRow,
  }
}

/** The wires at each node. */
export function edgesByNode(document: Pick<GraphDocument, 'edges'>): ReadonlyMap<string, readonly GraphEdge[]> {
  const byNode = new Map<string, GraphEdge[]>()
  for (const edge of document.edges) {
    for (const id of new Set([edge.from.node, edge.to.node])) {
      const known = byNode.get(id)
      if (known === undefined) byNode.set(id, [edge])
      else known.push(edge)
    }
  }
  return byNode
}

/** Where each node stands and how large it is. `measured` wins over the estimate. */
export function nodeBoxes(
  document: GraphDocument,
  manifests: ReadonlyMap<string, NodeManifest>,
  measured: ReadonlyMap<string, { readonly width: number; readonly height: number }> = new Map(),
): ReadonlyMap<string, Box> {
  const boxes = new Map<string, Box>()
  const wires = edgesByNode(document)
  for (const id of Object.keys(document.nodes)) {
    const size =
      measured.get(id) ??
      cardSizeOf(
        portNames({ edges: wires.get(id) ?? [] }, id, manifests.get(nodeOf(document, id)?.type ?? '')),
        isCollapsed(document, id),
      )
    boxes.set(id, { ...positionOf(document, id), width: size.width, height: size.height })
  }
  return boxes
}

/** A node's position; the origin when the file gives none. */
export function positionOf(document: GraphDocument, nodeId: string): Point {
  return (
    (Object.hasOwn(document.layout.positions, nodeId) ? document.layout.positions[nodeId] : undefined) ?? { x: 0, y: 0 }
  )
}

/** Whether a node shows its title only. */
export const isCollapsed = ({ layout }: Pick<GraphDocument, 'layout'>, id: string): boolean =>
  layout.cards !== undefined && Object.hasOwn(layout.cards, id) && layout.cards[id]?.collapsed === true

export function boundsOf(boxes: Iterable<Box>): Box | null {
  let left = Infinity
  let top = Infinity
  let right = -Infinity
  let bottom = -Infinity
  for (const box of boxes) {
    left = Math.min(left, box.x)
    top = Math.min(top, box.y)
    right = Math.max(right, box.x + box.width)
    bottom = Math.max(bottom, box.y + box.height)
  }
  return left === Infinity ? null : { x: left, y: top, width: right - left, height: bottom - top }
}

export const snap = (value: number): number => Math.round(value / grid) * grid

/** A place for a new card at or near `wanted` where it covers no other. */
export function freePlace(
  wanted: Point,
  size: { readonly width: number; readonly height: number },
  boxes: Iterable<Box>,
): Point {
  const taken = [...boxes]
  const covers = (place: Point): boolean =>
    taken.some(
      (box) =>
        place.x < box.x + box.width + grid &&
        place.x + size.width + grid > box.x &&
        place.y < box.y + box.height + grid &&
        place.y + size.height + grid > box.y,
    )
  const start = { x: snap(wanted.x), y: snap(wanted.y) }
  for (let step = 0; step < 60; step++) {
    const place = { x: start.x, y: start.y + step * 3 * grid }
    if (!covers(place)) return place
  }
  return start
}
