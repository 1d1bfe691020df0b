import type { GraphDocument } from '@graft/graph-schema'
import type { Command } from './command.js'

/** Another text in the place of the whole graph: one step of the history, with nothing selected. */
export function replaceDocument(document: GraphDocument): Command {
  return {
    label: 'Edited the graph as JSON',
    select: { nodes: [], edges: [], frames: [], notes: [] },
    apply: (before) => (JSON.stringify(before) === JSON.stringify(document) ? before : document),
  }
}
