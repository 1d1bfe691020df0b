import { EdgeLabelRenderer, useReactFlow } from '@xyflow/react'
import { useRef } from 'react'
import type { KeyboardEvent, PointerEvent, ReactElement } from 'react'
import { movePoint, removePoint } from '../../document/commands/wire-points.js'
import type { Point } from '../../document/graph/geometry.js'
import { dispatch, editor } from '../../document/store.js'

/** The points that a person has led a wire through: to be dragged, moved by arrow keys, and removed. */
export function WirePoints({
  wire,
  points,
}: {
  readonly wire: string
  readonly points: readonly Point[]
}): ReactElement {
  return (
    <EdgeLabelRenderer>
      {points.map((point, index) => (
        <WirePoint key={index} wire={wire} index={index} count={points.length} point={point} />
      ))}
    </EdgeLabelRenderer>
  )
}

interface WirePointProps {
  readonly wire: string
  readonly index: number
  readonly count: number
  readonly point: Point
}

function WirePoint({ wire, index, count, point }: WirePointProps): ReactElement {
  const { screenToFlowPosition } = useReactFlow()
  const isDragged = useRef(false)
  const drag = (event: PointerEvent): void => {
    if (isDragged.current)
      dispatch(movePoint(wire, index, screenToFlowPosition({ x: event.clientX, y: event.clientY })))
  }
  const drop = (): void => {
    isDragged.current = false
    editor.endStep()
  }
  return (
    <button
      type="button"
      className="wire-point nodrag nopan"
      data-wire={wire}
      data-index={index}
      aria-label={`Point ${index + 1} of ${count} on the wire ${wire}`}
      title="Drag it, or move it with the arrow keys; Delete removes it"
      style={{ transform: `translate(-50%, -50%) translate(${point.x}px, ${point.y}px)` }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        isDragged.current = true
        editor.endStep()
      }}
      onPointerMove={drag}
      onPointerUp={drop}
      onPointerCancel={drop}
      onFocus={() => editor.select({ edges: [wire] })}
      onDoubleClick={() => dispatch(removePoint(wire, index))}
      onKeyDown={(event) => onKey(event, wire, index, point)}
    />
  )
}

const steps: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -10, y: 0 },
  ArrowRight: { x: 10, y: 0 },
  ArrowUp: { x: 0, y: -10 },
  ArrowDown: { x: 0, y: 10 },
}

function onKey(event: KeyboardEvent<HTMLElement>, wire: string, index: number, point: Point): void {
  const step = steps[event.key]
  const factor = event.shiftKey ? 5 : 1
  if (step !== undefined)
    dispatch(movePoint(wire, index, { x: point.x + step.x * factor, y: point.y + step.y * factor }))
  else if (event.key === 'Delete' || event.key === 'Backspace') {
    dispatch(removePoint(wire, index))
    focusWire(wire)
  } else if (event.key === 'Escape') focusWire(wire)
  else return
  event.preventDefault()
  event.stopPropagation()
}

/** The keyboard goes on from the wire. */
function focusWire(wire: string): void {
  document.querySelector<SVGElement>(`.react-flow__edge[data-id="${CSS.escape(wire)}"]`)?.focus()
}
