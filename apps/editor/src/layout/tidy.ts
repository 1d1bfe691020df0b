import type { GraphDocument, NodeManifest } from '@graft/graph-schema'
import { nodeOf } from '@graft/graph-schema'
import workerUrl from 'elkjs/lib/elk-worker.min.js?url'
import { boundsOf, portNames } from '../document/graph/geometry.js'
import type { Box, Point } from '../document/graph/geometry.js'
import { fromElk, toElkGraph } from './elk-graph.js'

/**
 * Places for the given nodes so that data flows from left to right. ELK is fetched and started on the first call, in a
 * worker.
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
    const result = await elk.layout(structuredClone(graph) as unknown as Parameters<typeof elk.layout>[0])
    return fromElk(result.children ?? [], bounds)
  } finally {
    elk.terminateWorker()
  }
}

/** Whether a document came without places for its nodes, as written by hand. */
export function needsLayout(document: GraphDocument): boolean {
  const ids = Object.keys(document.nodes)
  return ids.length > 1 && ids.filter((id) => !Object.hasOwn(document.layout.positions, id)).length > ids.length / 2
}
