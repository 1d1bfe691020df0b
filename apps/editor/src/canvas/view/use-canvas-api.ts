import { useReactFlow, useStoreApi } from '@xyflow/react'
import type { ReactFlowInstance } from '@xyflow/react'
import { useEffect, useRef } from 'react'
import type { RefObject } from 'react'
import { nodeBoxes } from '../../document/graph/geometry.js'
import type { Box, Point } from '../../document/graph/geometry.js'
import { setGroup } from '../../document/commands/groups.js'
import { groupsOf } from '../../document/graph/groups.js'
import { dispatch, editor, getDocument, getManifests } from '../../document/store.js'
import type { FlowNode, WireEdge } from '../projection/to-flow.js'
import { provideCanvas } from '../../page/canvas-api.js'
import type { CanvasApi } from '../../page/canvas-api.js'
import { unlessActed } from '../../page/late-focus.js'
import { addWirePoint } from '../gestures/add-wire-point.js'
import { moveTime } from './move-time.js'
import { coveredByInspector, fitOptions, revealBesideInspector } from './use-view.js'

type Sizes = ReadonlyMap<string, { readonly width: number; readonly height: number }>

/** Offers this canvas to the rest of the page while it is shown. */
export function useCanvasApi(wrapper: RefObject<HTMLElement | null>, measured: () => Sizes): void {
  const flow = useReactFlow<FlowNode, WireEdge>()
  const key = useStoreApi().getState
  const pointer = useRef<Point | null>(null)
  useEffect(() => {
    const element = wrapper.current
    if (element === null) return undefined
    const canvas = provideCanvas({
      ...viewApi(flow, element),
      ...nodeApi(flow, element, () => nodeBoxes(getDocument(), getManifests(), measured())),
      addWirePoint: (wire) => addWirePoint(key, wire),
      pointer: () => (pointer.current === null ? null : flow.screenToFlowPosition(pointer.current)),
    })
    const track = (event: PointerEvent): void => void (pointer.current = { x: event.clientX, y: event.clientY })
    element.addEventListener('pointermove', track, { passive: true })
    element.addEventListener('pointerenter', canvas.use)
    element.addEventListener('focusin', canvas.use)
    return () => {
      element.removeEventListener('pointermove', track)
      element.removeEventListener('pointerenter', canvas.use)
      element.removeEventListener('focusin', canvas.use)
      canvas.leave()
    }
  }, [flow, key, wrapper, measured])
}

function viewApi(
  flow: ReactFlowInstance<FlowNode, WireEdge>,
  element: HTMLElement,
): Pick<CanvasApi, 'fit' | 'zoomBy' | 'zoomTo' | 'centre' | 'toCanvas' | 'toScreen'> {
  const duration = moveTime()
  return {
    fit: (ids) =>
      void flow.fitView({
        ...fitOptions,
        duration,
        ...(ids !== undefined && { nodes: ids.map((id) => ({ id })) }),
      }),
    zoomBy: (factor) => void flow.zoomTo(flow.getZoom() * factor, { duration: duration / 2 }),
    zoomTo: (zoom) => void flow.zoomTo(zoom, { duration }),
    centre: () => {
      const { left, top, width, height } = element.getBoundingClientRect()
      return flow.screenToFlowPosition({ x: left + width / 2, y: top + height / 2 })
    },
    toCanvas: (screen) => flow.screenToFlowPosition(screen),
    toScreen: (place) => flow.flowToScreenPosition(place),
  }
}

function nodeApi(
  flow: ReactFlowInstance<FlowNode, WireEdge>,
  element: HTMLElement,
  boxes: () => ReadonlyMap<string, Box>,
): Pick<CanvasApi, 'reveal' | 'focus' | 'boxes'> {
  const duration = moveTime()
  const focus = (id: string | undefined): boolean => {
    const card =
      id === undefined ? null : element.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`)
    card?.focus({ preventScroll: true })
    if (id !== undefined) revealBesideInspector(flow, element, id)
    return card !== null
  }
  /** A card that comes into view is drawn a little later; on a busy machine later still. */
  const focusWhenDrawn = (id: string, then?: () => void, tries = 20): void => {
    const tryIt = unlessActed(() => {
      if (focus(id) || tries === 0) then?.()
      else focusWhenDrawn(id, then, tries - 1)
    })
    setTimeout(tryIt, duration + 60)
  }
  return {
    reveal: (id, then) => {
      // Groups within groups: each may hide it.
      for (const group of groupsOf(getDocument()))
        if (group.isClosed && group.nodes.includes(id)) dispatch(setGroup(group.id, { closed: false }))
      const box = boxes().get(id)
      if (box === undefined) return then?.()
      editor.select({ nodes: [id] })
      const zoom = Math.max(flow.getZoom(), 0.7)
      const { right, below } = coveredByInspector(element)
      const middle = { x: box.x + (box.width + right / zoom) / 2, y: box.y + (box.height + below / zoom) / 2 }
      void flow.setCenter(middle.x, middle.y, { zoom, duration })
      focusWhenDrawn(id, then)
    },
    focus: (id) => {
      if (!focus(id) && id !== undefined) focusWhenDrawn(id)
    },
    boxes,
  }
}
