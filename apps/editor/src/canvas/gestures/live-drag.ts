import type { GraphEdge } from '@graft/graph-schema'
import type { Point } from '../../document/graph/geometry.js'
import type { WireEnds } from '../routing/bezier.js'

/** How far each thing is from where it was last rendered. */
export function offsets(
  positions: ReadonlyMap<string, Point>,
  rendered: (id: string) => Point | undefined,
): ReadonlyMap<string, Point> {
  return new Map(
    [...positions].flatMap(([id, { x, y }]) => {
      const from = rendered(id)
      return from === undefined ? [] : [[id, { x: x - from.x, y: y - from.y }] as const]
    }),
  )
}

const still: Point = { x: 0, y: 0 }

/** Where the ends of a wire are when the nodes at them have been moved that far. */
export function movedEnds(ends: WireEnds, source: Point = still, target: Point = still): WireEnds {
  return {
    ...ends,
    sourceX: ends.sourceX + source.x,
    sourceY: ends.sourceY + source.y,
    targetX: ends.targetX + target.x,
    targetY: ends.targetY + target.y,
  }
}

/** The wires that move with these nodes. */
export function wiresAt(
  edges: readonly GraphEdge[],
  ids: { readonly has: (id: string) => boolean },
): readonly GraphEdge[] {
  return edges.filter(({ from, to }) => ids.has(from.node) || ids.has(to.node))
}
