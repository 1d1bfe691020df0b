import { edgeKey, nodeOf } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import { addConnected, addOnWire, insertionPorts } from '../document/commands/edges.js'
import type { Command } from '../document/commands/command.js'
import { addNode } from '../document/commands/nodes.js'
import { compatibleTypes } from '../document/graph/connect.js'
import type { Manifests } from '../document/graph/connect.js'
import { cardSize } from '../document/graph/geometry.js'
import type { QuickAddRequest } from '../page/page-store.js'
import { typeEntries } from '../node-types/type-entries.js'
import type { TypeEntry } from '../node-types/type-entries.js'

export interface QuickAddEntry extends TypeEntry {
  /** Port of the new node that takes the waiting wire. */
  readonly port?: string
}

/**
 * The types that a request may add: all, those that take the waiting wire, or those that fit on the wire to be split.
 */
export function quickAddEntries(
  document: GraphDocument,
  manifests: Manifests,
  request: QuickAddRequest,
): readonly QuickAddEntry[] {
  if (request.start !== undefined) {
    return compatibleTypes(document, manifests, request.start.end, request.start.side).flatMap(({ manifest, port }) =>
      typeEntries([manifest]).map((entry) => ({ ...entry, port })),
    )
  }
  const all = typeEntries(manifests.values())
  const kind = request.wire === undefined ? undefined : kindOfWire(document, manifests, request.wire)
  return kind === undefined ? all : all.filter(({ manifest }) => insertionPorts(manifest, kind) !== null)
}

function kindOfWire(document: GraphDocument, manifests: Manifests, key: string): string | undefined {
  const edge = document.edges.find((candidate) => edgeKey(candidate) === key)
  return edge === undefined
    ? undefined
    : manifests.get(nodeOf(document, edge.from.node)?.type ?? '')?.outputs[edge.from.port]?.kind
}

/** The edit for the chosen type. */
export function quickAddCommand(
  document: GraphDocument,
  manifests: Manifests,
  request: QuickAddRequest,
  { manifest, port }: QuickAddEntry,
): Command {
  const { x, y } = request.place
  if (request.start !== undefined && port !== undefined) {
    // The port that takes the wire comes to lie under the mouse.
    const ports = Object.keys(request.start.side === 'output' ? manifest.inputs : manifest.outputs)
    const place = {
      x: request.start.side === 'output' ? x : x - cardSize.width,
      y: y - cardSize.header - 17 - ports.indexOf(port) * cardSize.portRow,
    }
    return addConnected(document, manifests, manifest, place, request.start, port)
  }
  const place = { x: x - cardSize.width / 2, y: y - cardSize.header / 2 }
  return (
    (request.wire === undefined ? null : addOnWire(document, manifests, request.wire, manifest, place)) ??
    addNode(document, manifest, place).command
  )
}
