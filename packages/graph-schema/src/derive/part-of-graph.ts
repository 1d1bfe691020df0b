import { emptyDocument } from '../document.js'
import type { GraphDocument } from '../document.js'
import { ancestors } from '../order.js'

/** The part of a graph that these nodes need, themselves included, without its drawing. */
export function partOfGraph(document: GraphDocument, ends: readonly string[]): GraphDocument {
  const needed = ancestors(document, ends)
  return {
    ...emptyDocument(document.name),
    nodes: Object.fromEntries(Object.entries(document.nodes).filter(([id]) => needed.has(id))),
    edges: document.edges.filter(({ from, to }) => needed.has(from.node) && needed.has(to.node)),
    ...(document.requires === undefined ? {} : { requires: document.requires }),
  }
}
