import type { NodeRunState, RunState } from '@graft/graph-schema'
import { useEffect, useMemo, useState } from 'react'
import { readJsonArtifact } from '../api/artifact.js'
import { metricsDetailSchema } from '@graft/graph-schema'
import { curvesOfDetail } from '../results/read/curves-of-detail.js'
import { resultsOf } from '../results/read/run-results.js'

type Nodes = RunState['nodes']

/**
 * The nodes with the curves of reused trainings added: those sent none in this run, but their stored result has them.
 */
export function useCurves(nodes: Nodes): Readonly<Record<string, Pick<NodeRunState, 'curves'>>> {
  const [stored, setStored] = useState<Readonly<Record<string, NodeRunState['curves']>>>({})
  const wanted = useMemo(
    () =>
      resultsOf(nodes).metrics.filter(
        ({ node }) => nodes[node]?.status === 'cached' && nodes[node].curves.length === 0,
      ),
    [nodes],
  )
  const key = wanted.map(({ node, detail }) => `${node} ${detail.sha256}`).join()
  useEffect(() => {
    let gone = false
    for (const { node, detail } of wanted) {
      readJsonArtifact(detail, metricsDetailSchema).then(
        (read) => {
          if (!gone && read.kind === 'training') setStored((known) => ({ ...known, [node]: curvesOfDetail(read) }))
        },
        () => undefined,
      )
    }
    return () => {
      gone = true
    }
    // Every event makes a new list; what is in it rarely changes.
  }, [key])
  return useMemo(
    () =>
      Object.fromEntries(
        Object.entries(nodes).map(([id, node]) => [
          id,
          node.curves.length === 0 && node.status === 'cached' ? { curves: stored[id] ?? [] } : node,
        ]),
      ),
    [nodes, stored],
  )
}
