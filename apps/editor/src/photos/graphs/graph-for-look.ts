import { emptyDocument } from '@graft/graph-schema'
import type { GraphDocument, NodeManifest } from '@graft/graph-schema'
import { advisorType, portOfKind } from '../../node-types/advisor-type.js'
import { fieldNode, imageOutput, saysFolder, saysNetwork } from './field-node.js'
import { folderName } from './graph-for-photos.js'

type Manifests = ReadonlyMap<string, NodeManifest>

/** The node of such a graph that gives the advice. */
export const lookNode = 'advisor'
const rowHeight = 160

export interface LookOptions {
  readonly path: string
  readonly networks: readonly string[]
  /** Whether fine-tuning is tried as well. */
  readonly tries?: boolean
}

/**
 * The graph that looks at a folder of images: they and the networks into the advisor, and nothing else.
 * @param photos a graph that reads a folder and loads a network, such as a template that waits for photos
 * @throws Error when `photos` lacks one of the two, or the server has no advisor
 */
export function graphForLook(
  photos: GraphDocument,
  { path, networks, tries = false }: LookOptions,
  manifests: Manifests,
): GraphDocument {
  const folder = fieldNode(photos, manifests, saysFolder)
  const loader = fieldNode(photos, manifests, saysNetwork)
  const advisor = advisorType(manifests)
  const images = imageOutput(folder?.manifest)
  const model = portOfKind(loader?.manifest.outputs ?? {}, 'model')
  if (folder === null || loader === null || advisor === null || images === undefined || model === undefined)
    throw new Error(
      'This server can’t look at images: it lacks a node for it. Update Graft, or choose a recipe yourself.',
    )
  const loaders = networks.map((source, index) => ({
    id: index === 0 ? 'backbone' : `backbone-${index + 1}`,
    node: { type: loader.node.type, version: loader.node.version, params: { [loader.field.path]: source } },
  }))
  const to = (port: string): GraphDocument['edges'][number]['to'] => ({ node: lookNode, port })
  const empty = emptyDocument(`${folderName(path)}: what to do`)
  return {
    ...empty,
    nodes: {
      images: { type: folder.node.type, version: folder.node.version, params: { [folder.field.path]: path } },
      ...Object.fromEntries(loaders.map(({ id, node }) => [id, node])),
      [lookNode]: {
        type: advisor.manifest.type,
        version: advisor.manifest.version,
        params: tries ? { tryFineTuning: true } : {},
      },
    },
    edges: [
      { from: { node: 'images', port: images }, to: to(advisor.images) },
      ...loaders.map(({ id }) => ({ from: { node: id, port: model }, to: to(advisor.models) })),
    ],
    layout: {
      ...empty.layout,
      // What the advice becomes stands below all this; the images, which grow with their previews, have room there.
      positions: {
        images: { x: 0, y: 0 },
        ...Object.fromEntries(loaders.map(({ id }, index) => [id, { x: 0, y: -rowHeight * (index + 1) }])),
        [lookNode]: { x: 2 * rowHeight, y: -rowHeight / 2 },
      },
    },
  }
}
