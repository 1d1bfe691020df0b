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
import type { Connection, EdgeTypes, NodeTypes } from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { useCallback, useRef } from 'react'
import type { MouseEvent, ReactElement } from 'react'
import { connect, reconnect } from '../document/commands/edges.js'
import { dispatch, getDocument, getManifests } from '../document/store.js'
import { useUi } from '../page/page-store.js'
import { addingKeys, selectOnly } from './gestures/select-only.js'
import { CanvasControls } from './CanvasControls.js'
import { FrameCard } from './cards/FrameCard.js'
import { ClosedGroup, OpenGroup } from './cards/GroupCard.js'
import { NodeCard } from './cards/NodeCard.js'
import { NoteCard } from './cards/NoteCard.js'
import { Wire } from './cards/Wire.js'
import { EmptyCanvas } from './EmptyCanvas.js'
import { endsOf, isValidConnection } from './gestures/connecting.js'
import { ConnectionHint } from './gestures/ConnectionHint.js'
import { useCanvasChanges } from './gestures/use-canvas-changes.js'
import { useConnecting } from './gestures/use-connecting.js'
import { useLongPress } from './gestures/use-long-press.js'
import { usePointing } from './gestures/use-pointing.js'
import { Overview } from './view/Overview.js'
import type { FlowNode, WireEdge } from './projection/to-flow.js'
import { SelectionBar } from './SelectionBar.js'
import { useCanvasApi } from './view/use-canvas-api.js'
import { revealBesideInspector, useView } from './view/use-view.js'
import './canvas.css'

// Outside the component: React Flow mounts everything again when these change.
const nodeTypes: NodeTypes = {
  card: NodeCard,
  frame: FrameCard,
  note: NoteCard,
  'group-closed': ClosedGroup,
  'group-open': OpenGroup,
}
const edgeTypes: EdgeTypes = { wire: Wire }
const snapGrid: [number, number] = [10, 10]
const multiSelection = [...addingKeys]
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
  // The overview must not lie on the canvas's other controls.
  const hasRoom = useStore((state) => state.height > 420 && state.width > 480)
  const isStrip = useStore((state) => state.height > 0 && state.height < 240)
  const showMinimap = useUi((state) => state.minimap) && hasRoom
  const pointing = usePointing()
  const longPress = useLongPress()
  useCanvasApi(wrapper, changes.measured)
  const movedByHand = useView(wrapper, isStrip)
  const connecting = useConnecting(wrapper)
  const keepInView = useCallback(
    (event: MouseEvent, node: FlowNode) => {
      selectOnly(event, node.id)
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
      onDoubleClick={pointing.quickAdd}
      onDragOver={pointing.dragOver}
      onDrop={pointing.drop}
      {...longPress}
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
        onEdgeDoubleClick={pointing.wirePoint}
        onMoveStart={movedByHand}
        onNodeContextMenu={pointing.nodeMenu}
        onEdgeContextMenu={pointing.wireMenu}
        onPaneContextMenu={pointing.canvasMenu}
        onSelectionContextMenu={pointing.selectionMenu}
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
