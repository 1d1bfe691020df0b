import { useReactFlow, useStore } from '@xyflow/react'
import { nodeOf } from '@graft/graph-schema'
import { useEffect, useMemo, useRef } from 'react'
import type { PointerEvent, ReactElement } from 'react'
import { cssColor } from '../../document/graph/colors.js'
import { seenGraph } from '../../document/graph/groups.js'
import { useEditor, useManifests } from '../../document/store.js'
import { useIsDark } from '../../ui/theme.js'
import { categoryColor } from '../../node-types/category.js'
import { overviewFrame, placeUnder } from './overview-frame.js'
import type { OverviewFrame, Viewport } from './overview-frame.js'

const size = { width: 168, height: 112 }
const sameView = (left: Viewport, right: Viewport): boolean =>
  left.x === right.x &&
  left.y === right.y &&
  left.zoom === right.zoom &&
  left.width === right.width &&
  left.height === right.height

/**
 * The whole graph in small; press or drag to go there. Drawn on one canvas from the document: React Flow's own map
 * watches every card at every step of a drag.
 */
export function Overview(): ReactElement {
  const element = useRef<HTMLCanvasElement>(null)
  const frame = useRef<OverviewFrame | null>(null)
  const { setCenter, getZoom } = useReactFlow()
  const nodes = useEditor((state) => state.document.nodes)
  const positions = useEditor((state) => state.document.layout.positions)
  const cards = useEditor((state) => state.document.layout.cards)
  const groups = useEditor((state) => state.document.layout.groups)
  const document = useEditor((state) => state.document)
  const manifests = useManifests()
  const dark = useIsDark()
  const view = useStore(
    ({ transform: [x, y, zoom], width, height }): Viewport => ({ x, y, zoom, width, height }),
    sameView,
  )
  // By what moves things only: a new name or param of the document redraws nothing.
  const boxes = useMemo(() => seenGraph(document, manifests).boxes, [nodes, positions, cards, groups, manifests])
  useEffect(() => {
    const canvas = element.current
    const context = canvas?.getContext('2d')
    if (canvas === null || context === null || context === undefined) return
    const now = overviewFrame(boxes.values(), view, size)
    frame.current = now
    const style = getComputedStyle(canvas)
    const colorOf = (variable: string): string => style.getPropertyValue(variable.replace(/^var\((.*)\)$/, '$1'))
    const ratio = devicePixelRatio
    canvas.width = size.width * ratio
    canvas.height = size.height * ratio
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    const rectangle = (x: number, y: number, width: number, height: number, radius: number): void => {
      context.beginPath()
      context.roundRect(
        now.offset.x + x * now.scale,
        now.offset.y + y * now.scale,
        Math.max(1.5, width * now.scale),
        Math.max(1.5, height * now.scale),
        radius,
      )
    }
    for (const [id, { x, y, width, height }] of boxes) {
      context.fillStyle = colorOf(
        cssColor(cards?.[id]?.color) ?? categoryColor(manifests.get(nodeOf({ nodes }, id)?.type ?? '')?.category),
      )
      rectangle(x, y, width, height, 1.5)
      context.fill()
    }
    rectangle(now.view.x, now.view.y, now.view.width, now.view.height, 3)
    context.strokeStyle = colorOf('--focus')
    context.lineWidth = 1.25
    context.stroke()
  }, [boxes, nodes, cards, manifests, view, dark])
  const go = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (event.buttons === 0 || frame.current === null) return
    const box = event.currentTarget.getBoundingClientRect()
    const { x, y } = placeUnder(frame.current, { x: event.clientX - box.left, y: event.clientY - box.top })
    void setCenter(x, y, { zoom: getZoom() })
  }
  return (
    <canvas
      ref={element}
      className="overview"
      role="img"
      aria-label="Overview of the graph"
      style={size}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        go(event)
      }}
      onPointerMove={go}
    />
  )
}
