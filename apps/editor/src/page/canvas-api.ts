import type { Box, Point } from '../document/graph/geometry.js'

/** What the rest of the page may ask of the canvas. Set while a canvas is shown. */
export interface CanvasApi {
  readonly fit: (nodeIds?: readonly string[]) => void
  readonly zoomBy: (factor: number) => void
  readonly zoomTo: (zoom: number) => void
  /** Middle of what is visible, in canvas units. */
  readonly centre: () => Point
  readonly toCanvas: (screen: Point) => Point
  readonly toScreen: (place: Point) => Point
  /** Brings a node into view, selects it and moves keyboard focus to it. */
  readonly reveal: (nodeId: string) => void
  /** Moves keyboard focus to the canvas or to a node that is in view. */
  readonly focus: (nodeId?: string) => void
  readonly boxes: () => ReadonlyMap<string, Box>
  /** Where the mouse was last over the canvas, in canvas units; null when it never was. */
  readonly pointer: () => Point | null
}

let current: CanvasApi | null = null

export const canvasApi = (): CanvasApi | null => current

/** Called by the canvas when it appears and, with the result, when it goes. */
export function provideCanvas(api: CanvasApi): () => void {
  current = api
  return () => {
    if (current === api) current = null
  }
}
