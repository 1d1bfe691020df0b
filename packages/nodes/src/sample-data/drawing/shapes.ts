import { cosine, sine } from './angle.js'

/** A shape: the signed distance from a point to its edge, negative inside. x runs right, y runs down. */
export type Shape = (x: number, y: number) => number

export type Point = readonly [x: number, y: number]

/** Length of a vector (`Math.hypot` is slower and not exactly specified). */
export function lengthOf(x: number, y: number): number {
  return Math.sqrt(x * x + y * y)
}

export function circle(centreX: number, centreY: number, radius: number): Shape {
  return (x, y) => lengthOf(x - centreX, y - centreY) - radius
}

/** An ellipse; the distance is a close estimate near the edge. */
export function ellipse(centreX: number, centreY: number, radiusX: number, radiusY: number): Shape {
  return (x, y) => {
    const scaledX = (x - centreX) / radiusX
    const scaledY = (y - centreY) / radiusY
    const level = lengthOf(scaledX, scaledY)
    const slope = lengthOf(scaledX / radiusX, scaledY / radiusY)
    return slope < 1e-6 ? -Math.min(radiusX, radiusY) : (level * (level - 1)) / slope
  }
}

/** An upright rectangle by centre and half sizes, with optionally rounded corners. */
export function box(centreX: number, centreY: number, halfWidth: number, halfHeight: number, corner = 0): Shape {
  return (x, y) => {
    const outX = Math.abs(x - centreX) - halfWidth + corner
    const outY = Math.abs(y - centreY) - halfHeight + corner
    return lengthOf(Math.max(outX, 0), Math.max(outY, 0)) + Math.min(Math.max(outX, outY), 0) - corner
  }
}

/** A straight stroke with round ends; `width` is its half thickness. */
export function line(x1: number, y1: number, x2: number, y2: number, width: number): Shape {
  const alongX = x2 - x1
  const alongY = y2 - y1
  const square = alongX * alongX + alongY * alongY
  return (x, y) => {
    const share = Math.min(1, Math.max(0, ((x - x1) * alongX + (y - y1) * alongY) / square))
    return lengthOf(x - x1 - share * alongX, y - y1 - share * alongY) - width
  }
}

/** A circle's outline; `width` is its half thickness. */
export function ring(centreX: number, centreY: number, radius: number, width: number): Shape {
  return (x, y) => Math.abs(lengthOf(x - centreX, y - centreY) - radius) - width
}

/** A closed polygon, in either direction, convex or not. */
export function polygon(...points: readonly Point[]): Shape {
  const edges = points.map((point, index) => edgeBetween(point, points[(index + 1) % points.length] ?? point))
  return (x, y) => {
    let nearest = Infinity
    let inside = false
    for (const edge of edges) {
      const share = Math.min(1, Math.max(0, ((x - edge.x) * edge.alongX + (y - edge.y) * edge.alongY) / edge.square))
      const gapX = x - edge.x - share * edge.alongX
      const gapY = y - edge.y - share * edge.alongY
      nearest = Math.min(nearest, gapX * gapX + gapY * gapY)
      const crosses = edge.y > y !== edge.y + edge.alongY > y
      if (crosses && x < edge.x + ((y - edge.y) / edge.alongY) * edge.alongX) inside = !inside
    }
    return inside ? -Math.sqrt(nearest) : Math.sqrt(nearest)
  }
}

function edgeBetween(from: Point, to: Point): { x: number; y: number; alongX: number; alongY: number; square: number } {
  const alongX = to[0] - from[0]
  const alongY = to[1] - from[1]
  return { x: from[0], y: from[1], alongX, alongY, square: alongX * alongX + alongY * alongY || 1e-9 }
}

/** Points on a circle whose radius alternates between two values: stars, and regular polygons when both are equal. */
export function starPoints(count: number, outer: number, inner: number): Point[] {
  return Array.from({ length: count * 2 }, (_, index) => {
    const radius = index % 2 === 0 ? outer : inner
    const turns = index / (count * 2) - 0.25
    return [radius * cosine(turns), radius * sine(turns)] as const
  })
}
