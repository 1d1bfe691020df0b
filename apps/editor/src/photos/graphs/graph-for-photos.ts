import type { Backbone, GraphDocument, GraphNode, NodeManifest } from '@graft/graph-schema'
import { isForTryingOut } from '../../forms/choose-network/for-trying-out.js'
import { checksumField } from '../../forms/choose-network/network-fields.js'
import { fieldsFromSchema } from '../../forms/fields/fields-from-schema.js'
import { type FieldNode, fieldNode, imageOutput, imageSource, saysFolder, saysNetwork } from './field-node.js'

export interface PhotosChoice {
  /** The folder on the server. */
  readonly path: string
  /** What the field of the node that loads the network takes; null: as the recipe has it. */
  readonly network: string | null
  /** What the chosen network has to have as checksum; empty or left out: anything. */
  readonly sha256?: string
}

/**
 * A recipe on a person's own folder: the node that brings its images becomes the folder's, under the same id, and
 * everything else stays as the recipe has it.
 * @param photos a graph that reads a folder, such as a template that waits for photos; its node is the model
 * @throws Error when the recipe has no images to replace, or `photos` no node that reads a folder
 */
export function graphForPhotos(
  recipe: GraphDocument,
  photos: GraphDocument,
  { path, network, sha256 = '' }: PhotosChoice,
  manifests: ReadonlyMap<string, NodeManifest>,
): GraphDocument {
  const folder = fieldNode(photos, manifests, saysFolder)
  const source = imageSource(recipe, manifests)
  const output = imageOutput(folder?.manifest)
  if (folder === null || source === null || output === undefined)
    throw new Error('This recipe has no node for images that a folder could take the place of. Choose another recipe.')
  const backbone = network === null ? null : fieldNode(recipe, manifests, saysNetwork)
  const { type, version } = folder.node
  return {
    ...recipe,
    name: `${folderName(path)}: ${recipe.name}`,
    nodes: {
      ...recipe.nodes,
      [source.id]: { type, version, params: { [folder.field.path]: path } },
      ...(backbone !== null && {
        [backbone.id]: { ...backbone.node, params: loading(backbone, network, sha256) },
      }),
    },
    edges: recipe.edges.map((edge) =>
      edge.from.node === source.id ? { ...edge, from: { ...edge.from, port: output } } : edge,
    ),
  }
}

/** A graph with the network at hand that knows photos, if there is one: nothing has to be downloaded for it. */
export function withNetworkAtHand(
  graph: GraphDocument,
  atHand: readonly Backbone[],
  manifests: ReadonlyMap<string, NodeManifest>,
): GraphDocument {
  const network = atHand.find((one) => !isForTryingOut(one))
  const loads = fieldNode(graph, manifests, saysNetwork)
  if (network === undefined || loads === null) return graph
  return {
    ...graph,
    nodes: { ...graph.nodes, [loads.id]: { ...loads.node, params: loading(loads, network.source, '') } },
  }
}

/** The settings of a node that loads a network, with another one. A checksum belongs to the network it is of. */
function loading({ node, manifest, field }: FieldNode, network: string | null, sha256: string): GraphNode['params'] {
  const checksum = checksumField(fieldsFromSchema(manifest.params))
  const others = Object.entries(node.params).filter(([name]) => name !== checksum?.path)
  return {
    ...Object.fromEntries(others),
    [field.path]: network,
    ...(checksum !== undefined && sha256 !== '' && { [checksum.path]: sha256 }),
  }
}

export const folderName = (path: string): string => path.split(/[/\\]/).findLast((part) => part !== '') ?? path
