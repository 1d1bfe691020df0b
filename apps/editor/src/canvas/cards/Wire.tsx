import { kindName } from '../../document/graph/kind-name.js'
import { BaseEdge, EdgeLabelRenderer, useReactFlow, useStoreApi } from '@xyflow/react'
import type { EdgeProps } from '@xyflow/react'
import { memo, useLayoutEffect } from 'react'
import type { ReactElement } from 'react'
import { disconnect } from '../../document/commands/edges.js'
import { dispatch, useEditor } from '../../document/store.js'
import { useNodeRun } from '../../run/run-store.js'
import { Icon } from '../../ui/Icon.js'
import type { Point } from '../../document/graph/geometry.js'
import { ui } from '../../page/page-store.js'
import { WirePoints } from './WirePoints.js'
import { rememberWire } from '../gestures/drag-painter.js'
import { useRoute } from '../routing/router-of-canvas.js'
import type { WireEdge } from '../projection/to-flow.js'

const noPoints: readonly Point[] = []

/** A wire in the colour of what flows along it. Selected, it offers to put a node in or to be cut. */
export const Wire = memo(function Wire({
  id,
  source,
  target,
  sourceX,
  sourceY,
  targetX,
  targetY,
  selected,
  data,
}: EdgeProps<WireEdge>): ReactElement {
  const canvas = useStoreApi().getState
  const via = data?.via ?? noPoints
  const { path, middle } = useRoute(canvas, id, { sourceX, sourceY, targetX, targetY }, data?.lane ?? 0, via)
  useLayoutEffect(
    () => rememberWire(canvas, id, { ends: { sourceX, sourceY, targetX, targetY }, via, path, middle }),
    [canvas, id, sourceX, sourceY, targetX, targetY, via, path, middle],
  )
  const from = useNodeRun(source)?.status
  const to = useNodeRun(target)?.status
  const isFlowing = to === 'running' && from !== undefined && from !== 'running'
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        interactionWidth={18}
        className={`wire wire-kind-${kindName(data?.kind)}${data?.inactive === true ? ' wire-inactive' : ''}${isFlowing ? ' wire-flowing' : ''}`}
      />
      {via.length > 0 && <WirePoints wire={id} points={via} />}
      {selected === true && <WireTools id={id} x={middle.x} y={middle.y} />}
    </>
  )
})

/** Of the one thing that is selected: with all of a graph selected they would cover it. */
function WireTools({ id, x, y }: { readonly id: string; readonly x: number; readonly y: number }): ReactElement | null {
  const { flowToScreenPosition } = useReactFlow()
  const isOnly = useEditor(({ selection: { nodes, edges } }) => edges.length === 1 && nodes.length === 0)
  if (!isOnly) return null
  return (
    <EdgeLabelRenderer>
      <div className="wire-tools nodrag nopan" style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>
        <button
          type="button"
          aria-label="Insert a node on this wire"
          title="Insert a node (A)"
          onClick={() => ui.set({ quickAdd: { screen: flowToScreenPosition({ x, y }), place: { x, y }, wire: id } })}
        >
          <Icon name="add" size={12} />
        </button>
        <button
          type="button"
          aria-label="Remove this wire"
          title="Remove (Delete)"
          onClick={() => dispatch(disconnect([id]))}
        >
          <Icon name="close" size={12} />
        </button>
      </div>
    </EdgeLabelRenderer>
  )
}
