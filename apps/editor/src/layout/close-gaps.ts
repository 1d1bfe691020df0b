import type { Box, Point } from '../document/graph/geometry.js'

/** Room between two rows, for the wires that run there. */
const largestGap = 110

/** Moves rows together between which nothing stands: a layout keeps room for its own wires, which are not ours. */
export function closeGaps(boxes: ReadonlyMap<string, Box>): ReadonlyMap<string, Point> {
  const byTop = [...boxes].sort(([, one], [, other]) => one.y - other.y)
  let bottom = byTop[0]?.[1].y ?? 0
  let up = 0
  return new Map(
    byTop.map(([id, box]) => {
      up += Math.max(0, box.y - bottom - largestGap)
      bottom = Math.max(bottom, box.y + box.height)
      return [id, { x: box.x, y: box.y - up }]
    }),
  )
}
