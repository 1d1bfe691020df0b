import type { Box, Point } from '../../document/graph/geometry.js'
import { inflate } from './box-index.js'

/** Where a wire's ends are: it leaves to the right and arrives from the left. */
export interface WireEnds {
  readonly sourceX: number
  readonly sourceY: number
  readonly targetX: number
  readonly targetY: number
}

/** The four points of the curve by which a wire is drawn that has nothing in its way. */
export type Bezier = readonly [Point, Point, Point, Point]

const curvature = 0.3

/** The curve that React Flow draws between two ports. */
export function bezierOf({ sourceX, sourceY, targetX, targetY }: WireEnds): Bezier {
  const reach = targetX - sourceX
  const offset = reach >= 0 ? reach / 2 : curvature * 25 * Math.sqrt(-reach)
  return [
    { x: sourceX, y: sourceY },
    { x: sourceX + offset, y: sourceY },
    { x: targetX - offset, y: targetY },
    { x: targetX, y: targetY },
  ]
}

export function pointAt([start, first, second, end]: Bezier, t: number): Point {
  const u = 1 - t
  const mix = (axis: 'x' | 'y'): number =>
    u * u * u * start[axis] + 3 * u * u * t * first[axis] + 3 * u * t * t * second[axis] + t * t * t * end[axis]
  return { x: mix('x'), y: mix('y') }
}

/** A box that holds the whole curve. */
export function areaOf(points: readonly Point[]): Box {
  const xs = points.map(({ x }) => x)
  const ys = points.map(({ y }) => y)
  const x = Math.min(...xs)
  const y = Math.min(...ys)
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y }
}

/** Canvas units between the places at which a curve is compared with boxes. */
const sampleLength = 12
const margin = 3

/** Whether a curve passes behind a box. Touching the boxes at which it begins and ends is no hit. */
export function hitsABox(curve: Bezier, boxes: readonly Box[]): boolean {
  const [start, , , end] = curve
  const tight = boxes.map((box) => {
    const touches = (point: Point): boolean => holds(inflate(box, margin), point)
    return inflate(box, touches(start) || touches(end) ? -margin : margin)
  })
  if (tight.length === 0) return false
  const { width, height } = areaOf(curve)
  const samples = Math.ceil((width + height) / sampleLength)
  for (let index = 1; index < samples; index++) {
    const point = pointAt(curve, index / samples)
    if (tight.some((box) => holds(box, point))) return true
  }
  return false
}

export const holds = (box: Box, { x, y }: Point): boolean =>
  x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height
