import { describeCandidate, trialAsGraph } from '@graft/graph-schema'
import type { GraphDocument, SearchCandidate, SearchDetail } from '@graft/graph-schema'

/** As long as the name of a graph may be. */
const longestName = 200

/** The graph with a trial in the place of the node that searched; null where the run's graph is not known. */
export function graphOfTrial(
  document: GraphDocument | null,
  node: string,
  { folds, settings }: Pick<SearchDetail, 'folds' | 'settings'>,
  candidate: SearchCandidate,
): GraphDocument | null {
  if (document === null || settings === undefined) return null
  const graph = trialAsGraph(document, node, candidate, { folds, ...settings })
  if (graph === null) return null
  return { ...graph, name: `${document.name}: ${describeCandidate(candidate)}`.slice(0, longestName) }
}
