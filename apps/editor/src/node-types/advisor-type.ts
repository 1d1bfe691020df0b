import type { NodeManifest } from '@graft/graph-schema'

type Manifests = ReadonlyMap<string, NodeManifest>

/** A node type that gives advice on images and networks, with the names of its ports. */
export interface AdvisorType {
  readonly manifest: NodeManifest
  readonly images: string
  readonly models: string
}

/** The node type that gives advice; null: this server has none. */
export function advisorType(manifests: Manifests): AdvisorType | null {
  for (const manifest of manifests.values()) {
    const images = portOfKind(manifest.inputs, 'dataset')
    const models = portOfKind(manifest.inputs, 'model')
    if (portOfKind(manifest.outputs, 'advice') !== undefined && images !== undefined && models !== undefined)
      return { manifest, images, models }
  }
  return null
}

/** The first port of a kind. */
export const portOfKind = (ports: NodeManifest['inputs'], kind: string): string | undefined =>
  Object.entries(ports).find(([, port]) => port.kind === kind)?.[0]
