import { edgeKey, edgesInto, nodeOf } from '@graft/graph-schema'
import type { GraphDocument, GraphEdge, GraphEndpoint, NodeManifest } from '@graft/graph-schema'
import { freshNodeId } from '../../document/graph/ids.js'
import { advisorType, portOfKind } from '../../node-types/advisor-type.js'

type Manifests = ReadonlyMap<string, NodeManifest>

/** A graph to be run only as far as one node. */
export interface PartialGraph {
  readonly document: GraphDocument
  readonly to: string
}

/**
 * The open graph with an advisor on the images that it learns from and the network that arrives at a node, before any
 * surgery. Null: there are no images, or no network, or this server has no advisor.
 */
export function graphForProfile(document: GraphDocument, nodeId: string, manifests: Manifests): PartialGraph | null {
  const advisor = advisorType(manifests)
  const images = learnedFrom(document, manifests)
  const model = loadedFor(document, nodeId, manifests)
  if (advisor === null || images === null || model === null) return null
  const { manifest } = advisor
  const to = freshNodeId(document, manifest.type)
  return {
    to,
    document: {
      ...document,
      nodes: { ...document.nodes, [to]: { type: manifest.type, version: manifest.version, params: {} } },
      edges: [
        ...document.edges,
        { from: images, to: { node: to, port: advisor.images } },
        { from: model, to: { node: to, port: advisor.models } },
      ],
    },
  }
}

/** What such a graph measures: the same for all forms that the same network arrives at. */
export const subjectOf = ({ document, to }: PartialGraph): string =>
  edgesInto(document.edges, to).map(edgeKey).join(' ')

/** What is wired into an input for training; else what the first node without inputs gives. */
function learnedFrom(document: GraphDocument, manifests: Manifests): GraphEndpoint | null {
  const manifestOf = (id: string): NodeManifest | undefined => manifests.get(nodeOf(document, id)?.type ?? '')
  const training = document.edges.find(({ to }) => {
    const port = manifestOf(to.node)?.inputs[to.port]
    return port?.kind === 'dataset' && port.splits?.length === 1 && port.splits[0] === 'train'
  })
  if (training !== undefined) return training.from
  for (const id of Object.keys(document.nodes)) {
    const manifest = manifestOf(id)
    const port = portOfKind(manifest?.outputs ?? {}, 'dataset')
    if (port !== undefined && Object.keys(manifest?.inputs ?? {}).length === 0) return { node: id, port }
  }
  return null
}

/** Where the network that arrives at a node comes from: the first node on the way up that takes none. */
function loadedFor(document: GraphDocument, nodeId: string, manifests: Manifests): GraphEndpoint | null {
  const wireInto = (node: string): GraphEdge | undefined => {
    const { inputs = {} } = manifests.get(nodeOf(document, node)?.type ?? '') ?? {}
    return edgesInto(document.edges, node).find(({ to }) => inputs[to.port]?.kind === 'model')
  }
  const seen = new Set<string>()
  let from: GraphEndpoint | null = null
  for (let wire = wireInto(nodeId); wire !== undefined && !seen.has(wire.from.node); wire = wireInto(wire.from.node)) {
    from = wire.from
    seen.add(from.node)
  }
  return from
}
