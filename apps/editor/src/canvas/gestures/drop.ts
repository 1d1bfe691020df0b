import { addNode } from '../../document/commands/nodes.js'
import { addOnWire } from '../../document/commands/edges.js'
import { cardSize, cardSizeOf } from '../../document/graph/geometry.js'
import type { Point } from '../../document/graph/geometry.js'
import { takeDrop } from '../../photos/photos-store.js'
import { dispatch, getDocument, getManifests } from '../../document/store.js'
import { wiresAt } from './wire-under.js'

/** The drag data of an entry of the node list. */
export const nodeTypeMime = 'application/x-graft-node-type'

/** Something was dropped on the canvas: a node type from the list (on a wire: into it), or files. */
export async function dropOnCanvas(event: DragEvent, toCanvas: (screen: Point) => Point): Promise<void> {
  event.preventDefault()
  const type = event.dataTransfer?.getData(nodeTypeMime) ?? ''
  if (type !== '') return addType(type, { x: event.clientX, y: event.clientY }, toCanvas)
  if (event.dataTransfer !== null) await takeDrop(event.dataTransfer)
}

function addType(type: string, screen: Point, toCanvas: (screen: Point) => Point): void {
  const manifest = getManifests().get(type)
  if (manifest === undefined) return
  const { height } = cardSizeOf({ inputs: Object.keys(manifest.inputs), outputs: Object.keys(manifest.outputs) })
  const middle = toCanvas(screen)
  const place = { x: middle.x - cardSize.width / 2, y: middle.y - height / 2 }
  const [onWire] = wiresAt(screen.x, screen.y).flatMap(
    (wire) => addOnWire(getDocument(), getManifests(), wire, manifest, place) ?? [],
  )
  dispatch(onWire ?? addNode(getDocument(), manifest, place).command)
}
