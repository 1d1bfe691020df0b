import { useConnection, useReactFlow } from '@xyflow/react'
import type { ConnectionState } from '@xyflow/react'
import type { ReactElement } from 'react'
import { endsOf, refusalNow } from './connecting.js'

/** While a wire is held over a port that can't take it: why not, and what to do instead. */
export function ConnectionHint(): ReactElement | null {
  const hovered = useConnection(refusedHandles)
  const { flowToScreenPosition } = useReactFlow()
  if (hovered === null) return null
  const [source, sourceHandle, target, targetHandle, x, y] = JSON.parse(hovered) as [
    string,
    string,
    string,
    string,
    number,
    number,
  ]
  const ends = endsOf({ source, sourceHandle, target, targetHandle })
  const refusal = ends === null ? null : refusalNow(ends)
  if (refusal === null) return null
  const place = flowToScreenPosition({ x, y })
  return (
    <div className="connection-hint" role="status" style={{ left: place.x, top: place.y }}>
      <strong>{refusal.message}</strong>
      <span>{refusal.fix}</span>
    </div>
  )
}

/** A text, so that moving the mouse over the same port renders nothing. */
function refusedHandles(connection: ConnectionState): string | null {
  if (!connection.inProgress || connection.isValid !== false) return null
  const { fromHandle, toHandle, toNode } = connection
  if (toHandle === null || toNode === null || fromHandle.type === toHandle.type) return null
  const [source, target] = fromHandle.type === 'source' ? [fromHandle, toHandle] : [toHandle, fromHandle]
  return JSON.stringify([
    source.nodeId,
    source.id,
    target.nodeId,
    target.id,
    Math.round(toHandle.x),
    Math.round(toHandle.y),
  ])
}
