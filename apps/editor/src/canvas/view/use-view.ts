import { useReactFlow } from '@xyflow/react'
import type { OnMove, ReactFlowInstance } from '@xyflow/react'
import { useCallback, useEffect, useRef } from 'react'
import type { RefObject } from 'react'
import { useEditor } from '../../document/store.js'
import type { FlowNode, WireEdge } from '../projection/to-flow.js'
import { unlessActed } from '../../page/late-focus.js'
import { moveTime } from './move-time.js'
import { fitMargin, largestFit, openingView, readableZoom } from './opening-view.js'

type Flow = ReactFlowInstance<FlowNode, WireEdge>
type Wrapper = RefObject<HTMLElement | null>

/** For React Flow's own fitting. */
export const fitOptions = {
  padding: { x: `${fitMargin.side}px`, top: `${fitMargin.top}px`, bottom: `${fitMargin.bottom}px` },
  maxZoom: largestFit,
} as const

/** While a run's panel takes the lower half, seeing all of the graph counts more than reading it. */
const leastAbovePanel = { share: 0.7, zoom: 0.5 } as const

/**
 * What the canvas shows: a document when it is opened, and what was in view when panels or the window change. A view
 * that nobody has moved is fitted again.
 * @returns what React Flow has to call when a person moves the view
 */
export function useView(wrapper: Wrapper, isStrip: boolean): OnMove {
  const flow = useReactFlow<FlowNode, WireEdge>()
  const isFitted = useRef(true)
  useFitOnOpen(flow, wrapper, isFitted)
  useSteadyView(flow, wrapper, isFitted)
  useWholeInStrip(flow, isStrip)
  return useCallback<OnMove>((event) => {
    if (event !== null) isFitted.current = false
  }, [])
}

function showOpening(flow: Flow, wrapper: HTMLElement | null): void {
  const nodes = flow.getNodes()
  if (wrapper === null) return
  const size = { width: wrapper.clientWidth, height: wrapper.clientHeight }
  const least = size.height < innerHeight * leastAbovePanel.share ? leastAbovePanel.zoom : readableZoom
  // On an empty canvas React Flow would wait, and jump as soon as the first node comes.
  void flow.setViewport(
    nodes.length === 0 ? { x: 0, y: 0, zoom: 1 } : openingView(flow.getNodesBounds(nodes), size, least),
  )
}

function useFitOnOpen(flow: Flow, wrapper: Wrapper, isFitted: RefObject<boolean>): void {
  const opened = useEditor((state) => state.opened)
  useEffect(() => {
    // After the cards are in the page and measured.
    const timer = setTimeout(() => {
      isFitted.current = true
      showOpening(flow, wrapper.current)
    }, 30)
    return () => clearTimeout(timer)
  }, [opened, flow, wrapper, isFitted])
}

/**
 * Panels at the side move nothing on the screen; of the height, the middle stays in the middle. When the window itself
 * changes, or the height of a view that nobody has moved, the graph is fitted again.
 */
function useSteadyView(flow: Flow, wrapper: Wrapper, isFitted: RefObject<boolean>): void {
  useEffect(() => {
    const element = wrapper.current
    if (element === null) return undefined
    const measure = (): Measured => ({
      left: element.getBoundingClientRect().left,
      width: element.clientWidth,
      height: element.clientHeight,
      window: `${innerWidth} x ${innerHeight}`,
    })
    let last = measure()
    const observer = new ResizeObserver(() => {
      const now = measure()
      const isHigher = now.height !== last.height
      if (isFitted.current && (now.window !== last.window || isHigher)) showOpening(flow, element)
      else if (isHigher || now.width !== last.width) {
        const { x, y, zoom } = flow.getViewport()
        const by = now.window === last.window ? last.left - now.left : (now.width - last.width) / 2
        void flow.setViewport({ x: x + by, y: y + (now.height - last.height) / 2, zoom })
      }
      last = now
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [wrapper, flow, isFitted])
}

interface Measured {
  readonly left: number
  readonly width: number
  readonly height: number
  readonly window: string
}

/**
 * When panels leave only a strip of the canvas, it shows the whole graph; so does the canvas when it is large again.
 */
function useWholeInStrip(flow: Flow, isStrip: boolean): void {
  const last = useRef(isStrip)
  useEffect(() => {
    if (last.current === isStrip) return
    last.current = isStrip
    // After the middle was kept in its place.
    const timer = setTimeout(() => void flow.fitView({ padding: 0.06, maxZoom: largestFit }), 0)
    return () => clearTimeout(timer)
  }, [isStrip, flow])
}

/** How much of the canvas lies under the inspector, in pixels: none where it stands beside. */
export interface Covered {
  readonly right: number
  /** In small windows it lies along the lower side. */
  readonly below: number
}

/** A form that is as wide as this share of the canvas lies below what it belongs to, not beside it. */
const sheetShare = 0.9

export function coveredByInspector(wrapper: HTMLElement | null): Covered {
  const panel = document.getElementById('inspector')?.getBoundingClientRect()
  const canvas = wrapper?.getBoundingClientRect()
  if (panel === undefined || canvas === undefined) return { right: 0, below: 0 }
  return panel.width > sheetShare * canvas.width
    ? { right: 0, below: Math.max(0, canvas.bottom - panel.top) }
    : { right: Math.max(0, canvas.right - panel.left), below: 0 }
}

/**
 * Moves the view when a node is hidden by the inspector or beyond the right edge. Goes by the node's place, since a
 * card that the inspector pushes out of the view is no longer drawn; such a card gets the focus back that it lost.
 */
export function revealBesideInspector(flow: Flow, wrapper: HTMLElement | null, id: string): void {
  const node = flow.getInternalNode(id)
  if (node === undefined || wrapper === null) return
  const place = node.internals.positionAbsolute
  const corner = flow.flowToScreenPosition({
    x: place.x + (node.measured.width ?? 0),
    y: place.y + (node.measured.height ?? 0),
  })
  const covered = coveredByInspector(wrapper)
  const canvas = wrapper.getBoundingClientRect()
  const beyond = (edge: number, side: number): number => (edge <= side ? 0 : edge - side + 24)
  const left = beyond(corner.x, canvas.right - covered.right)
  const up = covered.below === 0 ? 0 : beyond(corner.y, canvas.bottom - covered.below)
  if (left === 0 && up === 0) return
  const { x, y, zoom } = flow.getViewport()
  void flow.setViewport({ x: x - left, y: y - up, zoom }, { duration: moveTime() })
  const focusAgain = unlessActed(() => {
    if (document.activeElement !== document.body) return
    wrapper.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`)?.focus({ preventScroll: true })
  })
  setTimeout(focusAgain, moveTime() + 60)
}
