import type { GraphDocument } from './document.js'

/** The part of a document that says what depends on what. Edges with an end that isn't there are ignored. */
export type Wiring = Pick<GraphDocument, 'nodes' | 'edges'>

export interface GraphOrder {
  /**
   * Node ids, each after all that it needs; nodes on or behind a cycle are left out. Ties keep the document's order.
   */
  readonly order: readonly string[]
  /** One cycle as a path that ends where it begins (`a, b, a`), or null. */
  readonly cycle: readonly string[] | null
}

/** Sorts nodes so that each comes after what it needs (Kahn's algorithm), and finds a cycle when there is one. */
export function topologicalOrder(graph: Wiring): GraphOrder {
  const needs = neighbours(graph, 'inputs')
  const feeds = neighbours(graph, 'outputs')
  const waiting = new Map([...needs].map(([id, sources]) => [id, sources.size]))
  // Grows while it is walked: what becomes ready is visited in turn.
  const order = [...waiting].filter(([, count]) => count === 0).map(([id]) => id)
  for (const id of order) {
    for (const next of feeds.get(id) ?? []) {
      const left = (waiting.get(next) ?? 0) - 1
      waiting.set(next, left)
      if (left === 0) order.push(next)
    }
  }
  const rest = new Set(needs.keys())
  for (const id of order) rest.delete(id)
  return { order, cycle: rest.size === 0 ? null : findCycle(rest, needs) }
}

/** The given nodes and everything they need: what `--to` runs. */
export function ancestors(graph: Wiring, ids: readonly string[]): ReadonlySet<string> {
  return reach(ids, neighbours(graph, 'inputs'))
}

/** The given nodes and everything that needs them. */
export function descendants(graph: Wiring, ids: readonly string[]): ReadonlySet<string> {
  return reach(ids, neighbours(graph, 'outputs'))
}

function reach(ids: readonly string[], neighbours: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const found = new Set(ids.filter((id) => neighbours.has(id)))
  // A Set visits what is added while it is walked.
  for (const id of found) for (const next of neighbours.get(id) ?? []) found.add(next)
  return found
}

function neighbours(graph: Wiring, direction: 'inputs' | 'outputs'): ReadonlyMap<string, ReadonlySet<string>> {
  const result = new Map<string, Set<string>>(Object.keys(graph.nodes).map((id) => [id, new Set()]))
  for (const { from, to } of graph.edges) {
    if (!result.has(from.node) || !result.has(to.node)) continue
    if (direction === 'inputs') result.get(to.node)?.add(from.node)
    else result.get(from.node)?.add(to.node)
  }
  return result
}

/**
 * Every node of `rest` needs another one of `rest`, so walking back must come round. Returned in the direction of the
 * edges.
 */
function findCycle(rest: ReadonlySet<string>, needs: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const path = new Set<string>()
  let current = [...rest][0]
  while (current !== undefined && !path.has(current)) {
    path.add(current)
    current = [...(needs.get(current) ?? [])].find((id) => rest.has(id))
  }
  const walked = [...path]
  const loop = walked.slice(current === undefined ? 0 : walked.indexOf(current)).reverse()
  return [...loop, ...loop.slice(0, 1)]
}
