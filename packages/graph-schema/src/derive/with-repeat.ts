import type { GraphDocument } from '../document.js'
import type { NodeManifest } from '../manifest.js'
import { topologicalOrder } from '../order.js'

/** Type of the node that repeats what is before it. */
export const repeatType = 'repeat'

export interface RepeatedGraph {
  readonly document: GraphDocument
  /** Id of the node Repeat in it. */
  readonly node: string
}

/**
 * The graph with a node Repeat behind an evaluation: the one named, else the last. A Repeat that is already there is
 * taken and set anew. Null where nothing is evaluated.
 */
export function withRepeat(
  document: GraphDocument,
  manifests: readonly NodeManifest[],
  params: Readonly<Record<string, unknown>>,
  evaluation?: string,
): RepeatedGraph | null {
  const source = sourceOf(document, manifests, evaluation)
  if (source === null) return null
  const known = document.edges.find(
    ({ from, to }) => from.node === source.node && document.nodes[to.node]?.type === repeatType,
  )?.to.node
  const node = known ?? freeId(document, repeatType)
  const before = document.nodes[node]
  const repeat = { type: repeatType, version: before?.version ?? 1, params: { ...before?.params, ...params } }
  const edges = known === undefined ? [{ from: source, to: { node, port: 'metrics' } }] : []
  const place = document.layout.positions[source.node]
  const positions = {
    ...document.layout.positions,
    ...(place === undefined || known !== undefined ? {} : { [node]: { x: place.x + 320, y: place.y + 240 } }),
  }
  return {
    document: {
      ...document,
      nodes: { ...document.nodes, [node]: { ...before, ...repeat } },
      edges: [...document.edges, ...edges],
      layout: { ...document.layout, positions },
    },
    node,
  }
}

/** The output that tells how good the network is. */
function sourceOf(
  document: GraphDocument,
  manifests: readonly NodeManifest[],
  evaluation?: string,
): { readonly node: string; readonly port: string } | null {
  const sources = topologicalOrder(document).order.flatMap((node) => {
    const manifest = manifests.find(({ type }) => type === document.nodes[node]?.type)
    if (manifest === undefined || manifest.category !== 'Evaluation' || manifest.type === repeatType) return []
    return Object.entries(manifest.outputs).flatMap(([port, { kind }]) => (kind === 'metrics' ? [{ node, port }] : []))
  })
  return sources.findLast(({ node }) => evaluation === undefined || node === evaluation) ?? null
}

/** An id that no node has: the name, or the name with a number. */
export function freeId(document: Pick<GraphDocument, 'nodes'>, name: string): string {
  for (let number = 1; ; number++) {
    const id = number === 1 ? name : `${name}-${number}`
    if (!Object.hasOwn(document.nodes, id)) return id
  }
}
