import {
  Background,
  BackgroundVariant,
  ConnectionLineType,
  Panel,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow,
  useStore,
} from '@xyflow/react'
import type {
  Connection,
  EdgeTypes,
  FinalConnectionState,
  NodeTypes,
  OnConnectStartParams,
  ReactFlowInstance,
} from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { useCallback, useEffect, useRef } from 'react'
import type { DragEvent, MouseEvent, ReactElement } from 'react'
import { connect, reconnect } from '../document/commands/edges.js'
import { nodeBoxes } from '../document/graph/geometry.js'
import type { Point } from '../document/graph/geometry.js'
import { announce, dispatch, editor, getDocument, getManifests, useEditor } from '../document/store.js'
import { ui, useUi } from '../page/page-store.js'
import { toast } from '../ui/toast.js'
import { CanvasControls } from './CanvasControls.js'
import { provideCanvas } from '../page/canvas-api.js'
import { endsOf, isValidConnection, refusalNow } from './gestures/connecting.js'
import { ConnectionHint } from './gestures/ConnectionHint.js'
import { dropOnCanvas } from './gestures/drop.js'
import { EmptyCanvas } from './EmptyCanvas.js'
import { FrameCard } from './cards/FrameCard.js'
import { NodeCard } from './cards/NodeCard.js'
import { NoteCard } from './cards/NoteCard.js'
import { Overview } from './Overview.js'
import { SelectionBar } from './SelectionBar.js'
import type { FlowNode, WireEdge } from './projection/to-flow.js'
import { useCanvasChanges } from './gestures/use-canvas-changes.js'
import { Wire } from './cards/Wire.js'
import './canvas.css'

// Outside the component: React Flow mounts everything anew when these change.
const nodeTypes: NodeTypes = { card: NodeCard, frame: FrameCard, note: NoteCard }
const edgeTypes: EdgeTypes = { wire: Wire }
const snapGrid: [number, number] = [10, 10]
const multiSelection = ['Shift', 'Meta', 'Control']
const farZoom = 0.38
const farthestZoom = 0.24
const labels = {
  'node.a11yDescription.keyboardDisabled':
    'Enter opens its fields, arrow keys move it, C connects it, Delete removes it, question mark shows all keys.',
  'edge.a11yDescription.default': 'Press Enter to select the wire, then Delete to remove it or A to insert a node.',
}

/** The canvas: a projection of the open document. */
export function Canvas(): ReactElement {
  return (
    <ReactFlowProvider>
      <CanvasInside />
    </ReactFlowProvider>
  )
}

function CanvasInside(): ReactElement {
  const wrapper = useRef<HTMLElement>(null)
  const changes = useCanvasChanges()
  const flow = useReactFlow<FlowNode, WireEdge>()
  const distance = useStore((state) =>
    state.transform[2] < farthestZoom
      ? 'canvas canvas-far canvas-farthest'
      : state.transform[2] < farZoom
        ? 'canvas canvas-far'
        : 'canvas',
  )
  const hasRoom = useStore((state) => state.height > 420)
  const isStrip = useStore((state) => state.height > 0 && state.height < 240)
  const showMinimap = useUi((state) => state.minimap) && hasRoom
  useCanvasApi(wrapper, changes.measured)
  useFitOnOpen()
  useSteadyCentre(wrapper)
  useWholeInStrip(isStrip)
  const connecting = useConnecting(wrapper)
  const keepInView = useCallback(
    (_event: unknown, node: FlowNode) => {
      // After the inspector is there.
      if (node.type === 'card') setTimeout(() => revealBesideInspector(flow, wrapper.current, node.id), 0)
    },
    [flow],
  )
  return (
    <section
      ref={wrapper}
      className={distance}
      aria-label="Canvas"
      onDoubleClick={quickAddAt}
      onDragOver={allowDrop}
      onDrop={(event) => void dropOnCanvas(event.nativeEvent)}
    >
      <ReactFlow<FlowNode, WireEdge>
        nodes={changes.nodes}
        edges={changes.edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={changes.onNodesChange}
        onEdgesChange={changes.onEdgesChange}
        onNodeDragStart={changes.onNodeDragStart}
        onNodeDrag={changes.onNodeDrag}
        onNodeDragStop={changes.onNodeDragStop}
        isValidConnection={isValidConnection}
        onConnect={drawWire}
        onConnectStart={connecting.start}
        onConnectEnd={connecting.end}
        onReconnect={moveWire}
        onNodeClick={keepInView}
        onNodeContextMenu={openNodeMenu}
        onEdgeContextMenu={openWireMenu}
        onPaneContextMenu={openCanvasMenu}
        onSelectionContextMenu={openSelectionMenu}
        connectionLineType={ConnectionLineType.Bezier}
        selectionMode={SelectionMode.Partial}
        multiSelectionKeyCode={multiSelection}
        deleteKeyCode={null}
        zoomOnDoubleClick={false}
        elevateNodesOnSelect={false}
        snapToGrid
        snapGrid={snapGrid}
        minZoom={0.08}
        maxZoom={2.5}
        connectionRadius={28}
        onlyRenderVisibleElements
        ariaLabelConfig={labels}
        attributionPosition="bottom-left"
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.4} color="var(--canvas-dot)" />
        {showMinimap && (
          <Panel position="bottom-right">
            <Overview />
          </Panel>
        )}
        {!isStrip && (
          <Panel position="bottom-left" className="canvas-controls-panel">
            <CanvasControls />
          </Panel>
        )}
        <Panel position="top-center">
          <SelectionBar />
        </Panel>
        <ConnectionHint />
      </ReactFlow>
      <EmptyCanvas />
    </section>
  )
}

function drawWire(connection: Connection): void {
  const ends = endsOf(connection)
  if (ends !== null) dispatch(connect(getDocument(), getManifests(), ends.from, ends.to))
}

function moveWire(edge: WireEdge, connection: Connection): void {
  const ends = endsOf(connection)
  if (ends !== null) dispatch(reconnect(getDocument(), getManifests(), edge.id, ends.from, ends.to))
}

function openMenu(event: MouseEvent, on: 'node' | 'wire' | 'canvas', before: () => void = () => undefined): void {
  event.preventDefault()
  before()
  const screen = { x: event.clientX, y: event.clientY }
  ui.set({ menu: { screen, place: toCanvas(screen), on } })
}

// Handlers are made once: with new ones React Flow renders every card and wire again at each step of a drag.
const openNodeMenu = (event: MouseEvent, node: FlowNode): void =>
  openMenu(event, 'node', () => node.type === 'card' && node.selected !== true && editor.select({ nodes: [node.id] }))
const openWireMenu = (event: MouseEvent, edge: WireEdge): void =>
  openMenu(event, 'wire', () => editor.select({ edges: [edge.id] }))
const openCanvasMenu = (event: MouseEvent | globalThis.MouseEvent): void => openMenu(event as MouseEvent, 'canvas')
const openSelectionMenu = (event: MouseEvent): void => openMenu(event, 'node')

function quickAddAt(event: MouseEvent): void {
  if (!(event.target as Element).classList.contains('react-flow__pane')) return
  const screen = { x: event.clientX, y: event.clientY }
  ui.set({ quickAdd: { screen, place: toCanvas(screen) } })
}

function allowDrop(event: DragEvent): void {
  event.preventDefault()
  event.dataTransfer.dropEffect = 'copy'
}

let toCanvas = (screen: Point): Point => screen

function useConnecting(wrapper: React.RefObject<HTMLElement | null>): {
  readonly start: (event: unknown, params: OnConnectStartParams) => void
  readonly end: (event: globalThis.MouseEvent | TouchEvent, state: FinalConnectionState) => void
} {
  const start = useCallback(
    (_event: unknown, { nodeId, handleId, handleType }: OnConnectStartParams) => {
      const type = getDocument().nodes[nodeId ?? '']?.type ?? ''
      const manifest = getManifests().get(type)
      const kind = (handleType === 'source' ? manifest?.outputs : manifest?.inputs)?.[handleId ?? '']?.kind
      // Dims ports of other kinds by CSS: no card has to render.
      if (wrapper.current !== null)
        Object.assign(wrapper.current.dataset, {
          connecting: kind ?? 'unknown',
          side: handleType === 'source' ? 'output' : 'input',
        })
    },
    [wrapper],
  )
  const end = useCallback(
    (event: globalThis.MouseEvent | TouchEvent, state: FinalConnectionState) => {
      delete wrapper.current?.dataset['connecting']
      const { fromNode, fromHandle, toHandle, toNode } = state
      if (fromNode === null || fromHandle === null || typeof fromHandle.id !== 'string' || state.isValid === true)
        return
      const side = fromHandle.type === 'source' ? ('output' as const) : ('input' as const)
      const start = { end: { node: fromNode.id, port: fromHandle.id }, side }
      if (toHandle === null && toNode === null) {
        const point = 'changedTouches' in event ? event.changedTouches[0] : event
        const screen = { x: point?.clientX ?? 0, y: point?.clientY ?? 0 }
        return ui.set({ quickAdd: { screen, place: toCanvas(screen), start } })
      }
      if (toHandle === null || typeof toHandle.id !== 'string' || toHandle.type === fromHandle.type) return
      const other = { node: toHandle.nodeId, port: toHandle.id }
      const refusal = refusalNow(side === 'output' ? { from: start.end, to: other } : { from: other, to: start.end })
      if (refusal === null) return
      announce(`Not connected: ${refusal.message}`)
      toast('info', refusal.message, refusal.fix)
    },
    [wrapper],
  )
  return { start, end }
}

/** Shows a document whole when it is opened. */
function useFitOnOpen(): void {
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
function useSteadyCentre(wrapper: React.RefObject<HTMLElement | null>): void {
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
function useWholeInStrip(isStrip: boolean): void {
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
function revealBesideInspector(
  flow: ReactFlowInstance<FlowNode, WireEdge>,
  wrapper: HTMLElement | null,
  id: string,
): void {
  const card = wrapper?.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`)?.getBoundingClientRect()
  const panel = document.getElementById('inspector')?.getBoundingClientRect()
  if (card === undefined || panel === undefined || card.right <= panel.left || card.top >= panel.bottom) return
  const { x, y, zoom } = flow.getViewport()
  void flow.setViewport(
    { x: x - (card.right - panel.left + 24), y, zoom },
    { duration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 220 },
  )
}

function useCanvasApi(
  wrapper: React.RefObject<HTMLElement | null>,
  measured: () => ReadonlyMap<string, { readonly width: number; readonly height: number }>,
): void {
  const flow = useReactFlow()
  const pointer = useRef<Point | null>(null)
  useEffect(() => {
    toCanvas = (screen) => flow.screenToFlowPosition(screen)
    const duration = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 220
    const element = (id: string): HTMLElement | null =>
      wrapper.current?.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`) ?? null
    const boxes = (): ReturnType<typeof nodeBoxes> => nodeBoxes(getDocument(), getManifests(), measured())
    const track = (event: PointerEvent): void => void (pointer.current = { x: event.clientX, y: event.clientY })
    const node = wrapper.current
    node?.addEventListener('pointermove', track, { passive: true })
    const stop = provideCanvas({
      fit: (ids) =>
        void flow.fitView({
          padding: 0.08,
          maxZoom: 1.1,
          duration,
          ...(ids !== undefined && { nodes: ids.map((id) => ({ id })) }),
        }),
      zoomBy: (factor) => void flow.zoomTo(flow.getZoom() * factor, { duration: duration / 2 }),
      zoomTo: (zoom) => void flow.zoomTo(zoom, { duration }),
      centre: () => {
        const box = wrapper.current?.getBoundingClientRect()
        return toCanvas({ x: (box?.left ?? 0) + (box?.width ?? 0) / 2, y: (box?.top ?? 0) + (box?.height ?? 0) / 2 })
      },
      toCanvas,
      toScreen: (place) => flow.flowToScreenPosition(place),
      reveal: (id) => {
        const box = boxes().get(id)
        if (box === undefined) return
        editor.select({ nodes: [id] })
        const beside = ui.get().inspector ? 170 / Math.max(flow.getZoom(), 0.7) : 0
        void flow.setCenter(box.x + box.width / 2 + beside, box.y + box.height / 2, {
          zoom: Math.max(flow.getZoom(), 0.7),
          duration,
        })
        // The card may have to be drawn first.
        setTimeout(() => element(id)?.focus({ preventScroll: true }), duration + 60)
      },
      focus: (id) => (id === undefined ? null : element(id))?.focus({ preventScroll: true }),
      boxes,
      pointer: () => (pointer.current === null ? null : toCanvas(pointer.current)),
    })
    return () => {
      node?.removeEventListener('pointermove', track)
      stop()
    }
  }, [flow, wrapper, measured])
}
