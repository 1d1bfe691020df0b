import type { GraphDocument, NodeManifest } from '@graft/graph-schema'
import { nodeOf } from '@graft/graph-schema'
import workerUrl from 'elkjs/lib/elk-worker.min.js?url'
import { boundsOf, portNames } from '../document/graph/geometry.js'
import type { Box, Point } from '../document/graph/geometry.js'
import { closeGaps } from './close-gaps.js'
import { fromElk, toElkGraph, wrapped } from './elk-graph.js'
import type { ElkGraph, Placed } from './elk-graph.js'

/** As much as a window of usual size shows at the zoom at which graphs open, in canvas units. */
const widestRow = 1560

/**
 * Places for the given nodes so that data flows from left to right, in several rows where one would be too long to be
 * read. ELK is fetched and started on the first call, in a worker.
 */
export async function tidyPositions(
  document: GraphDocument,
  manifests: ReadonlyMap<string, NodeManifest>,
  boxes: ReadonlyMap<string, Box>,
): Promise<ReadonlyMap<string, Point>> {
  const bounds = boundsOf(boxes.values())
  if (bounds === null) return new Map()
  const { default: Elk } = await import('elkjs/lib/elk-api.js')
  const elk = new Elk({ workerUrl })
  try {
    const graph = toElkGraph(document, boxes, (id) =>
      portNames(document, id, manifests.get(nodeOf(document, id)?.type ?? '')),
    )
    return await placesFrom(
      graph,
      boxes,
      bounds,
      async (each) =>
        (await elk.layout(structuredClone(each) as unknown as Parameters<typeof elk.layout>[0])).children ?? [],
    )
  } finally {
    elk.terminateWorker()
  }
}

/** `layOut` is ELK, wherever it runs. */
export async function placesFrom(
  graph: ElkGraph,
  boxes: ReadonlyMap<string, Box>,
  corner: Point,
  layOut: (graph: ElkGraph) => Promise<readonly Placed[]>,
): Promise<ReadonlyMap<string, Point>> {
  const moved = (places: ReadonlyMap<string, Point>): ReadonlyMap<string, Box> =>
    new Map([...boxes].map(([id, box]) => [id, { ...box, ...places.get(id) }]))
  const inOneRow = fromElk(await layOut(graph), corner)
  if ((boundsOf(moved(inOneRow).values())?.width ?? 0) <= widestRow) return inOneRow
  return closeGaps(moved(fromElk(await layOut(wrapped(graph)), corner)))
}

/** Whether a document came without places for its nodes, as written by hand. */
export function needsLayout(document: GraphDocument): boolean {
  const ids = Object.keys(document.nodes)
  return ids.length > 1 && ids.filter((id) => !Object.hasOwn(document.layout.positions, id)).length > ids.length / 2
}
