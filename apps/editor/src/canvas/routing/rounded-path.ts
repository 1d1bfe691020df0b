import type { Point } from '../../document/graph/geometry.js'

const largestRadius = 16

/** A path along straight lines with rounded corners, as SVG writes it. */
export function roundedPath(points: readonly Point[]): string {
  return points
    .map((point, index) => {
      const last = points[index - 1]
      const next = points[index + 1]
      if (last === undefined) return `M${point.x},${point.y}`
      if (next === undefined) return `L${point.x},${point.y}`
      const radius = Math.min(largestRadius, lengthOf(last, point) / 2, lengthOf(point, next) / 2)
      const begin = towards(point, last, radius)
      const end = towards(point, next, radius)
      return `L${begin.x},${begin.y} Q${point.x},${point.y} ${end.x},${end.y}`
    })
    .join(' ')
}

/** The point half way along a line with corners. */
export function middleOf(points: readonly Point[]): Point {
  const first = points[0] ?? { x: 0, y: 0 }
  let rest = lengthOfAll(points) / 2
  for (let index = 1; index < points.length; index++) {
    const from = points[index - 1] ?? first
    const to = points[index] ?? from
    const length = lengthOf(from, to)
    if (length >= rest && length > 0) return towards(from, to, rest)
    rest -= length
  }
  return points.at(-1) ?? first
}

const lengthOf = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y)

function lengthOfAll(points: readonly Point[]): number {
  return points.reduce((total, point, index) => total + lengthOf(points[index - 1] ?? point, point), 0)
}

/** The point at this distance from one towards another. */
function towards(from: Point, to: Point, distance: number): Point {
  const length = lengthOf(from, to)
  const share = length === 0 ? 0 : distance / length
  return { x: round(from.x + (to.x - from.x) * share), y: round(from.y + (to.y - from.y) * share) }
}

const round = (value: number): number => Math.round(value * 100) / 100
