import type { GraphDocument, NodeManifest } from '@graft/graph-schema'
import { call } from '../api/client.js'
import type { Answer } from '../api/client.js'
import { useCall } from '../api/use-call.js'
import { fieldNode, saysNetwork } from './graphs/field-node.js'

export const listTemplates = (signal: AbortSignal): Promise<Answer<'listTemplates'>> =>
  call('listTemplates', { signal })

export interface PhotosGraph {
  /** Null: on its way, or there is none. */
  readonly graph: GraphDocument | null
  /** Why there is none; null: there is, or it is on its way. */
  readonly failure: string | null
  readonly again: () => void
}

/** The graph that own photos begin with: that of the first template that waits for some. */
export function usePhotosGraph(): PhotosGraph {
  const answer = useCall(firstForPhotos)
  return {
    graph: answer.status === 'ready' ? answer.value : null,
    failure: answer.status === 'failed' ? answer.error.message : null,
    again: answer.again,
  }
}

/** @throws Error when no template waits for photos */
async function firstForPhotos(signal: AbortSignal): Promise<GraphDocument> {
  const { templates } = await listTemplates(signal)
  const first = templates.find(({ needsPhotos }) => needsPhotos)
  if (first === undefined)
    throw new Error('This server has no recipe for own photos. Update Graft, or begin with an empty graph.')
  return (await call('getTemplate', { params: { id: first.id }, signal })).document
}

/** What a graph loads as its network, by name. */
export function networkNamedIn(
  document: GraphDocument | null,
  manifests: ReadonlyMap<string, NodeManifest>,
): string | null {
  const loads = document === null ? null : fieldNode(document, manifests, saysNetwork)
  const source = loads?.node.params[loads.field.path]
  return typeof source === 'string' ? source : null
}
