import { nodeOf } from '@graft/graph-schema'
import type { GraphDocument, GraphEdge, NodeManifest } from '@graft/graph-schema'
import { freshNodeId } from '../graph/ids.js'
import { snap } from '../graph/geometry.js'
import type { Point } from '../graph/geometry.js'
import { edit, nothingSelected } from './command.js'
import type { Command, Selection } from './command.js'
import { healedEdges } from '../graph/heal.js'
import { pruneLayout } from './wire-points.js'

/** A new node of a type, with all defaults; it becomes the selection. The id is the second result, for wiring it. */
export function addNode(
  document: GraphDocument,
  manifest: NodeManifest,
  position: Point,
): { readonly command: Command; readonly id: string } {
  const id = freshNodeId(document, manifest.type)
  const command = edit(
    `Added ${manifest.title}`,
    (draft) => {
      draft.nodes[id] = { type: manifest.type, version: manifest.version, params: {} }
      draft.layout.positions[id] = { x: snap(position.x), y: snap(position.y) }
    },
    { select: { nodes: [id] } },
  )
  return { command, id }
}

/** Removes all that is selected: nodes with their wires, wires, frames (never what is in them) and notes. */
export function removeSelection(
  document: GraphDocument,
  selection: Selection,
  edgeKeyOf: (edge: GraphEdge) => string,
): Command {
  const gone = new Set(selection.nodes)
  const edges = new Set(selection.edges)
  return edit(
    describeRemoval(document, selection),
    (draft) => {
      removeNodesFrom(draft, gone)
      if (edges.size > 0) draft.edges = draft.edges.filter((edge) => !edges.has(edgeKeyOf(edge as GraphEdge)))
      pruneLayout(draft)
      if (selection.frames.length > 0)
        draft.layout.frames = draft.layout.frames.filter((_, index) => !selection.frames.includes(index))
      if (selection.notes.length > 0)
        draft.layout.notes = draft.layout.notes.filter((_, index) => !selection.notes.includes(index))
    },
    { select: nothingSelected },
  )
}

/** Removes nodes and joins what came in to what went out, where kinds agree: A -> B -> C without B is A -> C. */
export function removeAndHeal(
  document: GraphDocument,
  ids: readonly string[],
  manifests: ReadonlyMap<string, NodeManifest>,
): Command {
  const healed = healedEdges(document, new Set(ids), manifests)
  return edit(
    `Removed ${namesOf(document, ids)} and reconnected the wires`,
    (draft) => {
      removeNodesFrom(draft, new Set(ids))
      draft.edges.push(...healed)
      pruneLayout(draft)
    },
    { select: nothingSelected },
  )
}

/** A person's own name for a node; empty text brings the type's title back. */
export function setTitle(nodeId: string, title: string): Command {
  return edit(
    title === '' ? 'Cleared the title' : `Renamed to ${title}`,
    (draft) => {
      const node = nodeOf(draft, nodeId)
      if (node === undefined) return
      if (title === '') delete node.title
      else node.title = title.slice(0, 200)
    },
    { coalesce: `title:${nodeId}` },
  )
}

/** Mutes the nodes, or wakes them when all are muted. A muted node doesn't run, nor does what needs it. */
export const toggleMuted = (document: GraphDocument, ids: readonly string[]): Command =>
  toggle(document, ids, 'muted', 'Muted', 'Unmuted')

/** Bypasses the nodes, or takes that back when all are bypassed. A bypassed node acts as a wire. */
export const toggleBypassed = (document: GraphDocument, ids: readonly string[]): Command =>
  toggle(document, ids, 'bypassed', 'Bypassed', 'Stopped bypassing')

function toggle(
  document: GraphDocument,
  ids: readonly string[],
  flag: 'muted' | 'bypassed',
  on: string,
  off: string,
): Command {
  const turnOn = !ids.every((id) => nodeOf(document, id)?.[flag] === true)
  const other = flag === 'muted' ? 'bypassed' : 'muted'
  return edit(`${turnOn ? on : off} ${namesOf(document, ids)}`, (draft) => {
    for (const id of ids) {
      const node = nodeOf(draft, id)
      if (node === undefined) continue
      if (turnOn) node[flag] = true
      else delete node[flag]
      if (turnOn) delete node[other]
    }
  })
}

function removeNodesFrom(draft: GraphDocument, gone: ReadonlySet<string>): void {
  if (gone.size === 0) return
  for (const id of gone) {
    delete draft.nodes[id]
    delete draft.layout.positions[id]
  }
  draft.edges = draft.edges.filter(({ from, to }) => !gone.has(from.node) && !gone.has(to.node))
}

function describeRemoval(document: GraphDocument, selection: Selection): string {
  if (selection.nodes.length > 0) return `Removed ${namesOf(document, selection.nodes)}`
  const count = selection.edges.length + selection.frames.length + selection.notes.length
  if (selection.edges.length === count) return count === 1 ? 'Removed a wire' : `Removed ${count} wires`
  return count === 1 ? (selection.frames.length === 1 ? 'Removed a frame' : 'Removed a note') : `Removed ${count} items`
}

/** "Train" for one node, "3 nodes" for several. */
export function namesOf(document: GraphDocument, ids: readonly string[]): string {
  const [only] = ids
  if (ids.length !== 1 || only === undefined) return `${ids.length} nodes`
  return nodeOf(document, only)?.title ?? only
}
