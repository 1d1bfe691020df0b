import type { Box } from '../../document/graph/geometry.js'

/** Below this zoom the smallest text of a card is under 10 pixels. */
export const readableZoom = 0.75
export const largestFit = 1.1
/** Around what is fitted, in pixels; more below, where the canvas's own controls are. */
export const fitMargin = { side: 40, top: 24, bottom: 62 } as const

interface Size {
  readonly width: number
  readonly height: number
}

/**
 * The view that shows `bounds` whole, or, where that would take a smaller zoom than `least`, its upper left part at
 * that zoom.
 */
export function openingView(
  bounds: Box,
  { width, height }: Size,
  least = readableZoom,
): { readonly x: number; readonly y: number; readonly zoom: number } {
  const room = {
    width: Math.max(1, width - 2 * fitMargin.side),
    height: Math.max(1, height - fitMargin.top - fitMargin.bottom),
  }
  const whole = Math.min(largestFit, room.width / Math.max(1, bounds.width), room.height / Math.max(1, bounds.height))
  const zoom = Math.max(whole, least)
  /** In the middle where there is room, else from the beginning. */
  const start = (margin: number, free: number, length: number): number => margin + Math.max(0, (free - length) / 2)
  return {
    x: start(fitMargin.side, room.width, bounds.width * zoom) - bounds.x * zoom,
    y: start(fitMargin.top, room.height, bounds.height * zoom) - bounds.y * zoom,
    zoom,
  }
}
