import { metricsDetailSchema } from '@graft/graph-schema'
import type { GraphDocument, RunState } from '@graft/graph-schema'
import { readJsonArtifact } from '../api/artifact.js'
import { call } from '../api/client.js'
import { resultsOf } from '../results/read/run-results.js'
import type { NodeDetail } from './metric-rows.js'

/** A run with all that is compared of it. */
export interface LoadedRun {
  readonly document: GraphDocument
  readonly state: RunState
  readonly details: readonly NodeDetail[]
}

export async function loadRun(run: string, signal: AbortSignal): Promise<LoadedRun> {
  const { document, state } = await call('getRun', { params: { id: run }, signal })
  const details = await Promise.all(
    resultsOf(state.nodes).metrics.map(async ({ node, detail }) => ({
      node,
      detail: await readJsonArtifact(detail, metricsDetailSchema),
    })),
  )
  return { document, state, details }
}

/** What a run is called in a comparison. */
export const letterOf = (index: number): string => String.fromCharCode(65 + index)
