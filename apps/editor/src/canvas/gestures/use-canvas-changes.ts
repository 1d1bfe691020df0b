import { useReactFlow, useStoreApi } from '@xyflow/react'
import type { EdgeChange, NodeChange, OnNodeDrag } from '@xyflow/react'
import { useCallback, useEffect, useMemo, useReducer, useRef } from 'react'
import { insideFrame } from '../../document/commands/annotations.js'
import { insertOnWire } from '../../document/commands/edges.js'
import { cardSize, nodeBoxes } from '../../document/graph/geometry.js'
import { seenGraph } from '../../document/graph/groups.js'
import {
  dispatch,
  editor,
  getDocument,
  getManifests,
  useDocument,
  useManifests,
  useSelection,
} from '../../document/store.js'
import { applyChanges } from '../projection/changes.js'
import type { ChangeContext } from '../projection/changes.js'
import { createDragPainter, wiresOf } from './drag-painter.js'
import { routerOf } from '../routing/router-of-canvas.js'
import { createProjector, itemOf, noteId, nothingTransient } from '../projection/to-flow.js'
import type { FlowNode, Projection, Transient, WireEdge } from '../projection/to-flow.js'
import { highlightWire, wireUnderCard } from './wire-under.js'

export interface CanvasChanges extends Projection {
  readonly onNodesChange: (changes: NodeChange<FlowNode>[]) => void
  readonly onEdgesChange: (changes: EdgeChange<WireEdge>[]) => void
  readonly onNodeDragStart: OnNodeDrag<FlowNode>
  readonly onNodeDrag: OnNodeDrag<FlowNode>
  readonly onNodeDragStop: OnNodeDrag<FlowNode>
  readonly measured: () => ChangeContext['measured']
}

/** Joins document and React Flow: what to draw, and what becomes of what React Flow reports. */
export function useCanvasChanges(): CanvasChanges {
  const document = useDocument()
  const selection = useSelection()
  const manifests = useManifests()
  const project = useMemo(createProjector, [])
  const [, render] = useReducer((count: number) => count + 1, 0)
  // Several reports may come before the next render, so the latest state lives outside of it.
  const live = useRef<
    Pick<ChangeContext, 'transient' | 'measured' | 'carried' | 'dragKey'> & {
      readonly hotWire: string | null
      readonly drags: number
    }
  >({ transient: nothingTransient, measured: new Map(), carried: new Map(), dragKey: '', hotWire: null, drags: 0 })
  const projection = project({
    document,
    selection,
    manifests,
    measured: live.current.measured,
    transient: live.current.transient,
  })
  const { paint, stop: stopPainting } = useDragPainting()
  const store = useStoreApi()
  const { flowToScreenPosition } = useReactFlow()

  const onNodesChange = useCallback(
    (changes: NodeChange<FlowNode>[]) => {
      const state = editor.get()
      const outcome = applyChanges(changes, { ...live.current, document: state.document, selection: state.selection })
      const isDragStep =
        outcome.measured === live.current.measured &&
        changes.every((change) => change.type === 'position' && change.dragging === true)
      const isRedrawn =
        (outcome.transient !== live.current.transient || outcome.measured !== live.current.measured) &&
        !(isDragStep && paint(outcome.transient))
      live.current = { ...live.current, transient: outcome.transient, measured: outcome.measured }
      if (!isDragStep || isRedrawn) stopPainting()
      for (const command of outcome.commands) dispatch(command)
      if (outcome.selection !== state.selection) editor.select(outcome.selection)
      if (isRedrawn) render()
    },
    [paint, stopPainting],
  )

  const onEdgesChange = useCallback((changes: EdgeChange<WireEdge>[]) => {
    const { selection: before } = editor.get()
    const edges = new Set(before.edges)
    for (const change of changes) {
      if (change.type !== 'select') continue
      if (change.selected) edges.add(change.id)
      else edges.delete(change.id)
    }
    editor.select({ ...before, edges: [...edges] })
  }, [])

  const onNodeDragStart = useCallback<OnNodeDrag<FlowNode>>(
    (_event, _node, nodes) => {
      const boxes = nodeBoxes(getDocument(), getManifests(), live.current.measured)
      const dragged = new Set(nodes.map(({ id }) => id))
      const carried = new Map(
        nodes.flatMap(({ id }) => {
          const item = itemOf(id)
          if (item.kind !== 'frame') return []
          const inside = insideFrame(getDocument(), item.index, boxes)
          return [[id, [...inside.nodes, ...inside.notes.map(noteId)].filter((other) => !dragged.has(other))] as const]
        }),
      )
      const drags = live.current.drags + 1
      live.current = { ...live.current, carried, drags, dragKey: `drag:${drags}` }
      routerOf(store.getState).setDragging(true)
    },
    [store],
  )

  const onNodeDrag = useCallback<OnNodeDrag<FlowNode>>(
    (_event, node, nodes) => {
      const wire =
        nodes.length === 1 && node.type === 'card'
          ? wireUnderCard(
              node.id,
              {
                ...node.position,
                width: node.measured?.width ?? cardSize.width,
                height: node.measured?.height ?? 0,
              },
              flowToScreenPosition,
            )
          : null
      if (wire === live.current.hotWire) return
      highlightWire(store.getState().domNode, live.current.hotWire, wire)
      live.current = { ...live.current, hotWire: wire }
    },
    [store, flowToScreenPosition],
  )

  const onNodeDragStop = useCallback<OnNodeDrag<FlowNode>>(
    (_event, node) => {
      const { hotWire, dragKey } = live.current
      highlightWire(store.getState().domNode, hotWire, null)
      live.current = { ...live.current, hotWire: null, carried: new Map() }
      routerOf(store.getState).setDragging(false)
      const command = hotWire === null ? null : insertOnWire(getDocument(), getManifests(), hotWire, node.id)
      // One step with the drag before it.
      if (command !== null) dispatch({ ...command, coalesce: dragKey })
    },
    [store],
  )

  const measured = useCallback(() => live.current.measured, [])
  useCardsInTheWay(live.current.measured)
  return { ...projection, onNodesChange, onEdgesChange, onNodeDragStart, onNodeDrag, onNodeDragStop, measured }
}

/** Tells the canvas's wires where the cards are that they go round. */
function useCardsInTheWay(measured: ChangeContext['measured']): void {
  const store = useStoreApi()
  useEffect(() => {
    let last: readonly unknown[] = []
    const update = (): void => {
      const { document, manifests } = editor.get()
      const now = [document.nodes, document.edges, document.layout, manifests]
      if (now.every((part, index) => part === last[index])) return
      last = now
      routerOf(store.getState).update(seenGraph(document, manifests, measured).boxes)
    }
    update()
    return editor.subscribe(update)
  }, [store, measured])
}

/** Shows a step of a drag without React, where that can be; false: render it. */
function useDragPainting(): {
  readonly paint: (transient: Transient) => boolean
  readonly stop: () => void
} {
  const store = useStoreApi<FlowNode, WireEdge>()
  return useMemo(() => {
    const painter = createDragPainter(() => store.getState().domNode, wiresOf(store.getState))
    let view: unknown = null
    const paint = ({ positions, sizes }: Transient): boolean => {
      const { transform, nodesSelectionActive, nodeLookup } = store.getState()
      // What is in view, and the box around several selected nodes, are React Flow's to work out.
      const isSameView = view === transform
      view = transform
      if (!isSameView || nodesSelectionActive || sizes.size > 0) return false
      return painter.paint({
        positions,
        rendered: (id) => nodeLookup.get(id)?.internals.positionAbsolute,
        edges: getDocument().edges,
      })
    }
    return { paint, stop: painter.stop }
  }, [store])
}
