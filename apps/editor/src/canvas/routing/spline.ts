import type { Point } from '../../document/graph/geometry.js'
import type { WireEnds } from './bezier.js'

/**
 * A smooth line through points that a person has set, as SVG writes it: Catmull and Rom's spline, level at both ends,
 * where it leaves to the right and arrives from the left.
 */
export function splineThrough({ sourceX, sourceY, targetX, targetY }: WireEnds, via: readonly Point[]): string {
  const points = [{ x: sourceX, y: sourceY }, ...via, { x: targetX, y: targetY }]
  const parts = points.slice(1).map((to, index) => {
    const from = points[index] ?? to
    const reach = Math.max(24, Math.min(160, Math.hypot(to.x - from.x, to.y - from.y) / 2))
    const out = index === 0 ? { x: reach, y: 0 } : tangent(points[index - 1], to)
    const into = index === points.length - 2 ? { x: reach, y: 0 } : tangent(from, points[index + 2])
    return `C${text(from.x + out.x, from.y + out.y)} ${text(to.x - into.x, to.y - into.y)} ${text(to.x, to.y)}`
  })
  return [`M${text(sourceX, sourceY)}`, ...parts].join(' ')
}

function tangent(before: Point | undefined, after: Point | undefined): Point {
  return before === undefined || after === undefined
    ? { x: 0, y: 0 }
    : { x: (after.x - before.x) / 6, y: (after.y - before.y) / 6 }
}

const text = (x: number, y: number): string => `${Math.round(x * 100) / 100},${Math.round(y * 100) / 100}`
