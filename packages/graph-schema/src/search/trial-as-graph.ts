import { freeId } from '../derive/with-repeat.js'
import type { GraphDocument, GraphEdge, GraphEndpoint } from '../document.js'
import { prunedLayout } from '../layout/pruned-layout.js'
import type { SearchCandidate } from '../values/details/search-candidate.js'
import { trialOf, type TrialSettings } from './trial.js'

const spacing = 340

/**
 * The graph with a trial in the place of the node `search`: the chain that makes the candidate from all training images,
 * and behind it what stood behind the search, without how the search was drawn. Null where the search is not connected,
 * or not in the graph.
 */
export function trialAsGraph(
  document: GraphDocument,
  search: string,
  candidate: SearchCandidate,
  settings: TrialSettings,
): GraphDocument | null {
  if (!Object.hasOwn(document.nodes, search)) return null
  const trial = trialOf(document, search, candidate, settings, null)
  if (trial === null) return null
  const { [search]: _, ...others } = document.nodes
  const ids = freeIds(trial.own, others)
  const idOf = (id: string): string => ids.get(id) ?? id
  const ends = ({ from, to }: GraphEdge): GraphEdge => ({
    from: { ...from, node: idOf(from.node) },
    to: { ...to, node: idOf(to.node) },
  })
  const model = { ...trial.model, node: idOf(trial.model.node) }
  const own = trial.own.flatMap((id) => {
    const node = trial.document.nodes[id]
    return node === undefined ? [] : [[idOf(id), node] as const]
  })
  const graph = {
    ...document,
    nodes: { ...others, ...Object.fromEntries(own) },
    edges: [
      ...withoutSearch(document.edges, search, model),
      ...trial.document.edges.filter(({ to }) => trial.own.includes(to.node)).map(ends),
    ],
    layout: { ...document.layout, positions: placed(document, search, [...ids.values()]) },
  }
  return { ...graph, layout: prunedLayout(graph) }
}

/** Ids that no node of the graph has: the trial was made beside a part of it. */
function freeIds(own: readonly string[], nodes: GraphDocument['nodes']): ReadonlyMap<string, string> {
  const taken = { ...nodes }
  return new Map(
    own.map((id) => {
      const free = freeId({ nodes: taken }, id.replace(/-\d+$/, ''))
      taken[free] = { type: id, version: 1, params: {} }
      return [id, free]
    }),
  )
}

/** What was wired to the winner is wired to the trial; the search's own metrics are no more. */
function withoutSearch(edges: readonly GraphEdge[], search: string, model: GraphEndpoint): readonly GraphEdge[] {
  return edges.flatMap((edge): readonly GraphEdge[] => {
    const { from, to } = edge
    if (to.node === search || (from.node === search && from.port !== 'model')) return []
    return [from.node === search ? { from: model, to } : edge]
  })
}

/** The chain in a row, below all else. */
function placed(
  { layout: { positions } }: GraphDocument,
  search: string,
  ids: readonly string[],
): GraphDocument['layout']['positions'] {
  const { [search]: place, ...others } = positions
  const y = Math.max(place?.y ?? 0, ...Object.values(others).map((other) => other.y)) + spacing
  const x = Math.min(place?.x ?? 0, ...Object.values(others).map((other) => other.x))
  return { ...others, ...Object.fromEntries(ids.map((id, index) => [id, { x: x + spacing * index, y }])) }
}
