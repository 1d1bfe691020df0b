import { Position, getBezierPath } from '@xyflow/react'
import type { GraphEdge } from '@graft/graph-schema'
import type { Point } from '../../document/graph/geometry.js'

/** Where a wire's ends are, as it was last rendered. */
export interface WireEnds {
  readonly sourceX: number
  readonly sourceY: number
  readonly targetX: number
  readonly targetY: number
  readonly sourcePosition?: Position
  readonly targetPosition?: Position
}

/** The curve of a wire and its middle. */
export function wirePath(ends: WireEnds): { readonly path: string; readonly x: number; readonly y: number } {
  const [path, x, y] = getBezierPath({
    sourcePosition: Position.Right,
    targetPosition: Position.Left,
    ...ends,
    curvature: 0.3,
  })
  return { path, x, y }
}

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
