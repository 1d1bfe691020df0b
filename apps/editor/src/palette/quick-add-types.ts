import { edgeKey, nodeOf } from '@graft/graph-schema'
import type { GraphDocument, NodeManifest } from '@graft/graph-schema'
import { addConnected, addOnWire, insertionPorts } from '../document/commands/edges.js'
import type { Command } from '../document/commands/command.js'
import { addNode } from '../document/commands/nodes.js'
import { compatibleTypes } from '../document/graph/connect.js'
import type { Manifests } from '../document/graph/connect.js'
import { cardSize, cardSizeOf, freePlace } from '../document/graph/geometry.js'
import type { Box, Point } from '../document/graph/geometry.js'
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

/**
 * The edit for the chosen type.
 * @param boxes of the cards that are there; the new one comes to lie on none of them
 */
export function quickAddCommand(
  document: GraphDocument,
  manifests: Manifests,
  request: QuickAddRequest,
  { manifest, port }: QuickAddEntry,
  boxes: Iterable<Box> = [],
): Command {
  const { x, y } = request.place
  const free = (wanted: Point): Point => freePlace(wanted, sizeOf(manifest), boxes)
  if (request.start !== undefined && port !== undefined) {
    // The port that takes the wire comes to lie under the mouse.
    const ports = Object.keys(request.start.side === 'output' ? manifest.inputs : manifest.outputs)
    const place = {
      x: request.start.side === 'output' ? x : x - cardSize.width,
      y: y - cardSize.header - 17 - ports.indexOf(port) * cardSize.portRow,
    }
    return addConnected(document, manifests, manifest, free(place), request.start, port)
  }
  if (request.beside !== undefined) return addBeside(document, manifests, request.beside, manifest, free({ x, y }))
  const place = { x: x - cardSize.width / 2, y: y - cardSize.header / 2 }
  return (
    (request.wire === undefined ? null : addOnWire(document, manifests, request.wire, manifest, place)) ??
    addNode(document, manifest, free(place)).command
  )
}

/** A new node behind one that is there, fed by its first output that the new one takes. */
function addBeside(
  document: GraphDocument,
  manifests: Manifests,
  beside: string,
  manifest: NodeManifest,
  place: Point,
): Command {
  const outputs = Object.keys(manifests.get(nodeOf(document, beside)?.type ?? '')?.outputs ?? {})
  const only: Manifests = new Map(manifests).set(manifest.type, manifest)
  for (const name of outputs) {
    const start = { end: { node: beside, port: name }, side: 'output' as const }
    const fit = compatibleTypes(document, only, start.end, start.side).find(
      (candidate) => candidate.manifest.type === manifest.type,
    )
    if (fit !== undefined) return addConnected(document, manifests, manifest, place, start, fit.port)
  }
  return addNode(document, manifest, place).command
}

const sizeOf = (manifest: NodeManifest): ReturnType<typeof cardSizeOf> =>
  cardSizeOf({ inputs: Object.keys(manifest.inputs), outputs: Object.keys(manifest.outputs) })
