import type { Box, Point } from '../../document/graph/geometry.js'
import { areaOf, bezierOf, hitsABox, holds, pointAt } from './bezier.js'
import type { WireEnds } from './bezier.js'
import { inflate } from './box-index.js'
import type { BoxIndex } from './box-index.js'
import { corners, findRoute } from './find-route.js'
import { middleOf, roundedPath } from './rounded-path.js'
import { splineThrough } from './spline.js'

/** How a wire runs. */
export interface WireRoute {
  /** As SVG writes it. */
  readonly path: string
  /** Half way along, where the wire's buttons stand. */
  readonly middle: Point
  /** Where boxes that come, go or move may change the route; null: nowhere. */
  readonly area: Box | null
}

/** Wires of different ports run beside each other, not on each other, in as many lanes as this. */
export const lanes = 4
const laneGap = 6
const firstLane = 14
/** How far around a wire's ends a way is looked for: at first, and when there is none. */
const searches = [200, 2000] as const

/**
 * A wire is a plain curve where it leads onwards and nothing is in its way. Else it goes round: level and upright lines
 * with rounded corners. Through points set by hand it goes as they say, whatever is there.
 */
export function routeWire(ends: WireEnds, lane: number, boxes: BoxIndex, via: readonly Point[] = []): WireRoute {
  if (via.length > 0) return plainRoute(ends, via)
  const plain = plainRoute(ends)
  const near = plain.area === null ? [] : boxes.within(plain.area)
  const isBackwards = ends.targetX < ends.sourceX
  return isBackwards || hitsABox(bezierOf(ends), near) ? (wayRound(ends, lane, boxes) ?? plain) : plain
}

/** The curve, through points if there are any, without a look at what is in its way. */
export function plainRoute(ends: WireEnds, via: readonly Point[] = []): WireRoute {
  if (via.length > 0) return { path: splineThrough(ends, via), middle: besideAPoint(ends, via), area: null }
  const curve = bezierOf(ends)
  const [start, first, second, end] = curve.map(({ x, y }) => `${x},${y}`)
  return {
    path: `M${start ?? ''} C${first ?? ''} ${second ?? ''} ${end ?? ''}`,
    middle: pointAt(curve, 0.5),
    area: inflate(areaOf(curve), laneGap),
  }
}

function wayRound(ends: WireEnds, lane: number, boxes: BoxIndex): WireRoute | null {
  const gap = firstLane + laneGap * (lane % lanes)
  const from = { x: ends.sourceX + gap, y: ends.sourceY }
  const to = { x: ends.targetX - gap, y: ends.targetY }
  for (const reach of searches) {
    const area = inflate(areaOf([from, to]), reach)
    // A card that lies on an end can't be kept clear of.
    const inTheWay = boxes.within(area).filter((box) => ![from, to].some((end) => holds(inflate(box, laneGap), end)))
    const found = findRoute(from, to, inTheWay, gap, area)
    if (found === null) continue
    const points = corners([startOf(ends), ...found, { x: ends.targetX, y: ends.targetY }])
    return { path: roundedPath(points), middle: middleOf(points), area }
  }
  return null
}

/** Between two points, so that the wire's buttons and a point don't lie on each other. */
function besideAPoint(ends: WireEnds, via: readonly Point[]): Point {
  const [from] = via.slice(Math.floor((via.length - 1) / 2))
  const to = via[Math.floor((via.length - 1) / 2) + 1] ?? { x: ends.targetX, y: ends.targetY }
  return from === undefined ? startOf(ends) : { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }
}

const startOf = ({ sourceX, sourceY }: WireEnds): Point => ({ x: sourceX, y: sourceY })
