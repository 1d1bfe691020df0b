import { useReactFlow } from '@xyflow/react'
import type { ReactFlowInstance } from '@xyflow/react'
import { useEffect, useRef } from 'react'
import type { RefObject } from 'react'
import { useEditor } from '../../document/store.js'
import type { FlowNode, WireEdge } from '../projection/to-flow.js'
import { moveTime } from './move-time.js'

/** Shows a document whole when it is opened. */
export function useFitOnOpen(): void {
  const { fitView, getNodes, setViewport } = useReactFlow()
  const opened = useEditor((state) => state.opened)
  useEffect(() => {
    // After the cards are in the page and measured. On an empty canvas React Flow would wait, and jump as soon as the
    // first node comes.
    const timer = setTimeout(
      () =>
        void (getNodes().length === 0
          ? setViewport({ x: 0, y: 0, zoom: 1 })
          : fitView({ padding: 0.06, maxZoom: 1.1 })),
      30,
    )
    return () => clearTimeout(timer)
  }, [opened, fitView, getNodes, setViewport])
}

/** What is in the middle stays there when panels open, close or are resized. */
export function useSteadyCentre(wrapper: RefObject<HTMLElement | null>): void {
  const { getViewport, setViewport } = useReactFlow()
  useEffect(() => {
    const element = wrapper.current
    if (element === null) return undefined
    let last = { width: element.clientWidth, height: element.clientHeight }
    const observer = new ResizeObserver(() => {
      const now = { width: element.clientWidth, height: element.clientHeight }
      const { x, y, zoom } = getViewport()
      if (now.width !== last.width || now.height !== last.height)
        void setViewport({ x: x + (now.width - last.width) / 2, y: y + (now.height - last.height) / 2, zoom })
      last = now
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [wrapper, getViewport, setViewport])
}

/**
 * When panels leave only a strip of the canvas, it shows the whole graph; so does the canvas when it is large again.
 */
export function useWholeInStrip(isStrip: boolean): void {
  const { fitView } = useReactFlow()
  const last = useRef(isStrip)
  useEffect(() => {
    if (last.current === isStrip) return
    last.current = isStrip
    // After the middle was kept in its place.
    const timer = setTimeout(() => void fitView({ padding: 0.06, maxZoom: 1.1 }), 0)
    return () => clearTimeout(timer)
  }, [isStrip, fitView])
}

/** Moves the view when the inspector would hide the node that it is about. */
export function revealBesideInspector(
  flow: ReactFlowInstance<FlowNode, WireEdge>,
  wrapper: HTMLElement | null,
  id: string,
): void {
  const card = wrapper?.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`)?.getBoundingClientRect()
  const panel = document.getElementById('inspector')?.getBoundingClientRect()
  if (card === undefined || panel === undefined || card.right <= panel.left || card.top >= panel.bottom) return
  const { x, y, zoom } = flow.getViewport()
  void flow.setViewport({ x: x - (card.right - panel.left + 24), y, zoom }, { duration: moveTime() })
}
