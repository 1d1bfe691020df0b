import { boundsOf } from '../../document/graph/geometry.js'
import type { Box, Point } from '../../document/graph/geometry.js'

export interface Viewport {
  readonly x: number
  readonly y: number
  readonly zoom: number
  readonly width: number
  readonly height: number
}

/** How the overview maps the canvas: what is seen there now, and scale and offset so that graph and view both fit. */
export interface OverviewFrame {
  readonly view: Box
  readonly scale: number
  readonly offset: Point
}

/** Fits the graph and the visible part into an overview of this size, with a margin. */
export function overviewFrame(
  boxes: Iterable<Box>,
  { x, y, zoom, width, height }: Viewport,
  size: { readonly width: number; readonly height: number },
  margin = 8,
): OverviewFrame {
  const view = { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom }
  const all = boundsOf([...boxes, view]) ?? view
  const scale = Math.min(
    (size.width - 2 * margin) / Math.max(1, all.width),
    (size.height - 2 * margin) / Math.max(1, all.height),
  )
  return {
    view,
    scale,
    offset: {
      x: (size.width - all.width * scale) / 2 - all.x * scale,
      y: (size.height - all.height * scale) / 2 - all.y * scale,
    },
  }
}

/** The place on the canvas under a point of the overview. */
export function placeUnder({ scale, offset }: OverviewFrame, point: Point): Point {
  return { x: (point.x - offset.x) / scale, y: (point.y - offset.y) / scale }
}
