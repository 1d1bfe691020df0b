import { cardSizeOf, portOffset } from '../../document/graph/geometry.js'
import type { PortNames } from '../../document/graph/geometry.js'
import type { CardFlowNode } from './flow-types.js'

/** Size and ports as they will be drawn, so that wires and the view are right before anything is in the page. */
export function unmeasured(ports: PortNames, isCollapsed: boolean): Pick<CardFlowNode, 'measured' | 'handles'> {
  const { width, height } = cardSizeOf(ports, isCollapsed)
  const handle = (
    id: string,
    index: number,
    side: 'input' | 'output',
  ): NonNullable<CardFlowNode['handles']>[number] => {
    const { x, y } = portOffset(index, side, isCollapsed)
    return {
      id,
      type: side === 'input' ? 'target' : 'source',
      position: (side === 'input' ? 'left' : 'right') as never,
      x: x - 6,
      y: y - 6,
      width: 12,
      height: 12,
    }
  }
  return {
    measured: { width, height },
    handles: [
      ...ports.inputs.map((id, index) => handle(id, index, 'input')),
      ...ports.outputs.map((id, index) => handle(id, index, 'output')),
    ],
  }
}
