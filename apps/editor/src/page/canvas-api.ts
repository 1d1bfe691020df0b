import type { Box, Point } from '../document/graph/geometry.js'

/** What the rest of the page may ask of a canvas. */
export interface CanvasApi {
  readonly fit: (nodeIds?: readonly string[]) => void
  readonly zoomBy: (factor: number) => void
  readonly zoomTo: (zoom: number) => void
  /** Middle of what is visible, in canvas units. */
  readonly centre: () => Point
  readonly toCanvas: (screen: Point) => Point
  readonly toScreen: (place: Point) => Point
  /** Brings a node into view, selects it and moves keyboard focus to it; `then`, once it is there. */
  readonly reveal: (nodeId: string, then?: () => void) => void
  /** Moves keyboard focus to the canvas or to a node that is in view. */
  readonly focus: (nodeId?: string) => void
  /** Leads a wire through a point in its middle, which gets the focus. */
  readonly addWirePoint: (key: string) => void
  readonly boxes: () => ReadonlyMap<string, Box>
  /** Where the mouse was last over the canvas, in canvas units; null when it never was. */
  readonly pointer: () => Point | null
}

/** The canvases that are shown; the one that was used last comes last. */
let canvases: readonly CanvasApi[] = []

/** The canvas that commands, menus and dialogs act on: the one that was used last. Null while none is shown. */
export const canvasApi = (): CanvasApi | null => canvases.at(-1) ?? null

/** Called by a canvas when it appears. `use` says that a person points at it or moved the focus there. */
export function provideCanvas(api: CanvasApi): { readonly use: () => void; readonly leave: () => void } {
  const others = (): readonly CanvasApi[] => canvases.filter((other) => other !== api)
  const use = (): void => void (canvases = [...others(), api])
  use()
  return { use, leave: () => void (canvases = others()) }
}
