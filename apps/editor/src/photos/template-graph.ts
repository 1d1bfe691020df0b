import type { GraphDocument, NodeManifest } from '@graft/graph-schema'
import { useCallback } from 'react'
import { call } from '../api/client.js'
import type { Answer } from '../api/client.js'
import { useCall } from '../api/use-call.js'
import { fieldNode, saysNetwork } from './graphs/field-node.js'

export const listTemplates = (signal: AbortSignal): Promise<Answer<'listTemplates'>> =>
  call('listTemplates', { signal })

/** The graph of a template; null: on its way, or there is none. */
export function useTemplateGraph(id: string | null): GraphDocument | null {
  const ask = useCallback(
    async (signal: AbortSignal) => (id === null ? null : call('getTemplate', { params: { id }, signal })),
    [id],
  )
  const answer = useCall(ask)
  return answer.status === 'ready' ? (answer.value?.document ?? null) : null
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
