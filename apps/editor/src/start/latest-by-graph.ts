import type { RunSummary } from '@graft/graph-schema'

/** The newest run of each saved graph. */
export function latestByGraph(runs: readonly RunSummary[]): ReadonlyMap<string, RunSummary> {
  const latest = new Map<string, RunSummary>()
  for (const run of runs) {
    if (run.graphId === undefined) continue
    const known = latest.get(run.graphId)
    if (known === undefined || known.createdAt < run.createdAt) latest.set(run.graphId, run)
  }
  return latest
}
