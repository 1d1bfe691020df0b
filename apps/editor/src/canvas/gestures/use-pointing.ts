import { useReactFlow, useStoreApi } from '@xyflow/react'
import { useMemo } from 'react'
import type { DragEvent, MouseEvent } from 'react'
import type { Point } from '../../document/graph/geometry.js'
import { editor } from '../../document/store.js'
import { ui } from '../../page/page-store.js'
import type { UiState } from '../../page/page-store.js'
import type { FlowNode, WireEdge } from '../projection/to-flow.js'
import { addWirePoint } from './add-wire-point.js'
import { dropOnCanvas } from './drop.js'
import { selectionOf } from './select-only.js'

type MenuOn = Exclude<UiState['menu'], null>['on']

export interface Pointing {
  readonly quickAdd: (event: MouseEvent) => void
  /** A double click on a wire leads it through that place. */
  readonly wirePoint: (event: MouseEvent, edge: WireEdge) => void
  readonly dragOver: (event: DragEvent) => void
  readonly drop: (event: DragEvent) => void
  readonly nodeMenu: (event: MouseEvent, node: FlowNode) => void
  readonly wireMenu: (event: MouseEvent, edge: WireEdge) => void
  readonly canvasMenu: (event: MouseEvent | globalThis.MouseEvent) => void
  readonly selectionMenu: (event: MouseEvent) => void
}

/**
 * Double click, right click and drop. Made once for a canvas: with new handlers React Flow renders every card and wire
 * again at each step of a drag.
 */
export function usePointing(): Pointing {
  const { screenToFlowPosition } = useReactFlow()
  const canvas = useStoreApi().getState
  return useMemo(() => pointingOn(screenToFlowPosition, canvas), [screenToFlowPosition, canvas])
}

function pointingOn(toCanvas: (screen: Point) => Point, canvas: object): Pointing {
  const openMenu = (event: MouseEvent | globalThis.MouseEvent, on: MenuOn): void => {
    event.preventDefault()
    const screen = { x: event.clientX, y: event.clientY }
    ui.set({ menu: { screen, place: toCanvas(screen), on } })
  }
  return {
    quickAdd: (event) => {
      if (!(event.target as Element).classList.contains('react-flow__pane')) return
      const screen = { x: event.clientX, y: event.clientY }
      ui.set({ quickAdd: { screen, place: toCanvas(screen) } })
    },
    wirePoint: (event, edge) => addWirePoint(canvas, edge.id, toCanvas({ x: event.clientX, y: event.clientY })),
    dragOver: (event) => {
      event.preventDefault()
      event.dataTransfer.dropEffect = 'copy'
    },
    drop: (event) => void dropOnCanvas(event.nativeEvent, toCanvas),
    nodeMenu: (event, node) => {
      if (node.selected !== true) editor.select(selectionOf(node.id))
      openMenu(event, node.type === 'frame' || node.type === 'note' ? 'annotation' : 'node')
    },
    wireMenu: (event, edge) => {
      editor.select({ edges: [edge.id] })
      openMenu(event, 'wire')
    },
    canvasMenu: (event) => openMenu(event, 'canvas'),
    selectionMenu: (event) => openMenu(event, 'node'),
  }
}
