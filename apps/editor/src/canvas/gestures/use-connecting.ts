import { inputPort, nodeOf } from '@graft/graph-schema'
import { kindName } from '../../document/graph/kind-name.js'
import { useReactFlow } from '@xyflow/react'
import type { FinalConnectionState, OnConnectStartParams } from '@xyflow/react'
import { useCallback } from 'react'
import type { RefObject } from 'react'
import { announce, getDocument, getManifests } from '../../document/store.js'
import { ui } from '../../page/page-store.js'
import { toast } from '../../ui/toasts/toast.js'
import { endAt, refusalNow } from './connecting.js'

export interface Connecting {
  readonly start: (event: unknown, params: OnConnectStartParams) => void
  readonly end: (event: MouseEvent | TouchEvent, state: FinalConnectionState) => void
}

/**
 * Drawing a wire from a port: ports that can't take it are dimmed meanwhile; dropped on nothing it asks for a node,
 * dropped on a port that refuses it says why.
 */
export function useConnecting(wrapper: RefObject<HTMLElement | null>): Connecting {
  const { screenToFlowPosition } = useReactFlow()
  const start = useCallback(
    (_event: unknown, params: OnConnectStartParams) => {
      // Dims ports of other kinds by CSS: no card has to render.
      if (wrapper.current !== null) Object.assign(wrapper.current.dataset, wireFrom(params))
    },
    [wrapper],
  )
  const end = useCallback(
    (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
      delete wrapper.current?.dataset['connecting']
      const { fromNode, fromHandle, toHandle, toNode } = state
      if (fromNode === null || fromHandle === null || typeof fromHandle.id !== 'string' || state.isValid === true)
        return
      const side = fromHandle.type === 'source' ? ('output' as const) : ('input' as const)
      const start = { end: endAt(fromNode.id, fromHandle.id), side }
      if (toHandle === null && toNode === null) {
        const screen = placeOf(event)
        return ui.set({ quickAdd: { screen, place: screenToFlowPosition(screen), start } })
      }
      if (toHandle === null || typeof toHandle.id !== 'string' || toHandle.type === fromHandle.type) return
      const other = endAt(toHandle.nodeId, toHandle.id)
      const refusal = refusalNow(side === 'output' ? { from: start.end, to: other } : { from: other, to: start.end })
      if (refusal === null) return
      announce(`Not connected: ${refusal.message}`)
      toast('info', refusal.message, refusal.fix)
    },
    [wrapper, screenToFlowPosition],
  )
  return { start, end }
}

/** What the canvas's style sheet needs to know of the wire that is being drawn. */
function wireFrom({ nodeId, handleId, handleType }: OnConnectStartParams): DOMStringMap {
  const { node, port } = endAt(nodeId ?? '', handleId ?? '')
  const manifest = getManifests().get(nodeOf(getDocument(), node)?.type ?? '')
  const side = handleType === 'source' ? 'output' : 'input'
  return {
    connecting: kindName((side === 'input' ? inputPort(manifest, port) : manifest?.outputs[port])?.kind),
    side,
  }
}

function placeOf(event: MouseEvent | TouchEvent): { readonly x: number; readonly y: number } {
  const point = 'changedTouches' in event ? event.changedTouches[0] : event
  return { x: point?.clientX ?? 0, y: point?.clientY ?? 0 }
}
