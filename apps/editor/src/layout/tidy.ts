import type { GraphDocument, NodeManifest } from '@graft/graph-schema'
import { nodeOf } from '@graft/graph-schema'
import workerUrl from 'elkjs/lib/elk-worker.min.js?url'
import { boundsOf, portNames, positionOf } from '../document/graph/geometry.js'
import type { Box, Point } from '../document/graph/geometry.js'
import { portsOfGroup, seenGraph } from '../document/graph/groups.js'
import type { SeenGraph } from '../document/graph/groups.js'
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
  const seen = withGroups(document, manifests, boxes)
  const bounds = boundsOf(seen.boxes.values())
  if (bounds === null) return new Map()
  const { default: Elk } = await import('elkjs/lib/elk-api.js')
  const elk = new Elk({ workerUrl })
  try {
    const graph = toElkGraph(seen, seen.boxes, (id) => {
      const group = seen.groups.get(id)
      return group === undefined
        ? portNames(document, id, manifests.get(nodeOf(document, id)?.type ?? ''))
        : portsOfGroup(document.edges, group)
    })
    const places = await placesFrom(
      graph,
      seen.boxes,
      bounds,
      async (each) =>
        (await elk.layout(structuredClone(each) as unknown as Parameters<typeof elk.layout>[0])).children ?? [],
    )
    return membersMoved(document, seen, places)
  } finally {
    elk.terminateWorker()
  }
}

/** The boxes that are seen of these: closed groups in place of their nodes. */
function withGroups(
  document: GraphDocument,
  manifests: ReadonlyMap<string, NodeManifest>,
  boxes: ReadonlyMap<string, Box>,
): SeenGraph {
  const seen = seenGraph(document, manifests)
  if (seen.groups.size === 0) return { ...seen, boxes }
  const isWanted = (id: string): boolean => seen.groups.get(id)?.nodes.every((node) => boxes.has(node)) ?? boxes.has(id)
  return {
    ...seen,
    boxes: new Map([...seen.boxes].flatMap(([id, box]) => (isWanted(id) ? [[id, boxes.get(id) ?? box] as const] : []))),
  }
}

/** The nodes of a closed group move as far as it does. */
export function membersMoved(
  document: GraphDocument,
  { boxes, groups }: SeenGraph,
  places: ReadonlyMap<string, Point>,
): ReadonlyMap<string, Point> {
  return new Map(
    [...places].flatMap(([id, place]): readonly (readonly [string, Point])[] => {
      const group = groups.get(id)
      const before = boxes.get(id)
      if (group === undefined || before === undefined) return [[id, place]]
      return group.nodes.map((node) => {
        const { x, y } = positionOf(document, node)
        return [node, { x: x + place.x - before.x, y: y + place.y - before.y }]
      })
    }),
  )
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
