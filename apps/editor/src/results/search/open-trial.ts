import { describeCandidate, trialAsGraph } from '@graft/graph-schema'
import type { GraphDocument, SearchCandidate, SearchDetail } from '@graft/graph-schema'

/** The graph with a trial in the place of the node that searched; null where the run's graph is not known. */
export function graphOfTrial(
  document: GraphDocument | null,
  node: string,
  { folds, settings }: Pick<SearchDetail, 'folds' | 'settings'>,
  candidate: SearchCandidate,
): GraphDocument | null {
  if (document === null || settings === undefined) return null
  const graph = trialAsGraph(document, node, candidate, { folds, ...settings })
  return graph === null ? null : { ...graph, name: `${document.name}: ${describeCandidate(candidate)}` }
}
