import type { GraphDocument, NodeManifest } from '@graft/graph-schema'
import { useCallback } from 'react'
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

const listed = (templates: TemplateList['templates']) => async (): Promise<TemplateList> => ({ templates })
const never = (): Promise<never> => new Promise(() => {})
type TemplateList = Answer<'listTemplates'>

/**
 * The graph that own photos begin with: that of the first template that waits for some.
 * @param templates where they are known; null: on their way; undefined: asked for here
 */
export function usePhotosGraph(templates?: TemplateList['templates'] | null): PhotosGraph {
  const ask = useCallback(
    (signal: AbortSignal) =>
      firstForPhotos(templates === undefined ? listTemplates : templates === null ? never : listed(templates), signal),
    [templates],
  )
  const answer = useCall(ask)
  return {
    graph: answer.status === 'ready' ? answer.value : null,
    failure: answer.status === 'failed' ? answer.error.message : null,
    again: answer.again,
  }
}

/** @throws Error when no template waits for photos */
async function firstForPhotos(
  list: (signal: AbortSignal) => Promise<TemplateList>,
  signal: AbortSignal,
): Promise<GraphDocument> {
  const { templates } = await list(signal)
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
