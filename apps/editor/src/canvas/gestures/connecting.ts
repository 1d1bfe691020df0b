import type { GraphEndpoint } from '@graft/graph-schema'
import type { Connection, Edge } from '@xyflow/react'
import { connectionRefusal } from '../../document/graph/connect.js'
import { endOfPort } from '../../document/graph/groups.js'
import type { Refusal } from '../../document/graph/connect.js'
import { getDocument, getManifests } from '../../document/store.js'
import { itemOf } from '../projection/to-flow.js'

interface Ends {
  readonly from: GraphEndpoint
  readonly to: GraphEndpoint
}

/** The ends of a wire as React Flow names them; null while one is missing. */
export function endsOf(connection: Connection | Edge): Ends | null {
  const { source, sourceHandle, target, targetHandle } = connection
  if (typeof sourceHandle !== 'string' || typeof targetHandle !== 'string') return null
  return { from: endAt(source, sourceHandle), to: endAt(target, targetHandle) }
}

/** What a handle stands for: a group's, for a port of a node within. */
export const endAt = (flowNode: string, handle: string): GraphEndpoint =>
  itemOf(flowNode).kind === 'group' ? endOfPort(handle) : { node: flowNode, port: handle }

let known: {
  readonly document: unknown
  readonly manifests: unknown
  readonly answers: Map<string, Refusal | null>
} | null = null

/**
 * Why a wire can't be drawn in the open document, or null. Remembered while the document stays: React Flow asks at
 * every move of the mouse.
 */
export function refusalNow({ from, to }: Ends): Refusal | null {
  const document = getDocument()
  const manifests = getManifests()
  if (known?.document !== document || known.manifests !== manifests) known = { document, manifests, answers: new Map() }
  const key = JSON.stringify([from.node, from.port, to.node, to.port])
  const answer = known.answers.get(key)
  if (answer !== undefined) return answer
  const fresh = connectionRefusal(document, manifests, from, to)
  known.answers.set(key, fresh)
  return fresh
}

export function isValidConnection(connection: Connection | Edge): boolean {
  const ends = endsOf(connection)
  return ends !== null && refusalNow(ends) === null
}
