import type { GraphDocument, GraphNode, NodeManifest } from '@graft/graph-schema'
import { fieldsFromSchema } from '../../forms/fields/fields-from-schema.js'
import type { Field } from '../../forms/fields/field.js'

type Manifests = ReadonlyMap<string, NodeManifest>

export interface FieldNode {
  readonly id: string
  readonly node: GraphNode
  readonly manifest: NodeManifest
  readonly field: Field
}

/** The first node of a graph with a field of this kind: where its folder, or its network, is said. */
export function fieldNode(
  { nodes }: Pick<GraphDocument, 'nodes'>,
  manifests: Manifests,
  isWanted: (field: Field) => boolean,
): FieldNode | null {
  for (const [id, node] of Object.entries(nodes)) {
    const manifest = manifests.get(node.type)
    const field = manifest && fieldsFromSchema(manifest.params).find(isWanted)
    if (manifest !== undefined && field !== undefined) return { id, node, manifest, field }
  }
  return null
}

/** Fields that say where a network comes from. */
export const saysNetwork = ({ widget }: Field): boolean => widget === 'backbone'

/** Fields that say where images lie. */
export const saysFolder = ({ widget }: Field): boolean => widget === 'path'

/** The first node that gives images and takes nothing, with the name of the output. */
export function imageSource(
  { nodes }: Pick<GraphDocument, 'nodes'>,
  manifests: Manifests,
): { readonly id: string; readonly output: string } | null {
  for (const [id, node] of Object.entries(nodes)) {
    const manifest = manifests.get(node.type)
    const output = imageOutput(manifest)
    if (output !== undefined && Object.keys(manifest?.inputs ?? {}).length === 0) return { id, output }
  }
  return null
}

export const imageOutput = (manifest: NodeManifest | undefined): string | undefined =>
  Object.entries(manifest?.outputs ?? {}).find(([, { kind }]) => kind === 'dataset')?.[0]
