import { parseDocument } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import { documentProblem } from './http-problem.js'

/**
 * A document from a client, at the newest version. Throws HttpProblem 422 with everything wrong when it can't be read.
 */
export function readDocument(json: unknown): GraphDocument {
  const { document, problems } = parseDocument(json)
  if (document === null) throw documentProblem(problems)
  return document
}
