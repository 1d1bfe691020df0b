import type { GraphDocument, GraphEdge, GraphNode } from '@graft/graph-schema'
import { documentLimits, documentSchema, edgeKey, nodeOf } from '@graft/graph-schema'
import { z } from 'zod'
import { edit } from './commands/command.js'
import type { Command, Selection } from './commands/command.js'
import { positionOf } from './graph/geometry.js'
import type { Point } from './graph/geometry.js'
import { groupsOf } from './graph/groups.js'
import { freshNodeId } from './graph/ids.js'

const format = 'graft-clipboard'
const clipSchema = z.object({
  format: z.literal(format),
  nodes: documentSchema.shape.nodes,
  edges: documentSchema.shape.edges,
  positions: z.record(z.string(), z.object({ x: z.number(), y: z.number() })),
  frames: z.array(
    z.looseObject({ x: z.number(), y: z.number(), width: z.number(), height: z.number(), title: z.string() }),
  ),
  notes: z.array(z.looseObject({ x: z.number(), y: z.number(), text: z.string() })),
  wires: documentSchema.shape.layout.unwrap().shape.wires,
  cards: documentSchema.shape.layout.unwrap().shape.cards,
  groups: documentSchema.shape.layout.unwrap().shape.groups,
})

/**
 * Part of a graph on its way to another place, tab or program: wires between its nodes, and those that came in from
 * outside.
 */
export interface Clip {
  readonly nodes: Readonly<Record<string, GraphNode>>
  readonly edges: readonly GraphEdge[]
  readonly positions: Readonly<Record<string, Point>>
  readonly frames: GraphDocument['layout']['frames']
  readonly notes: GraphDocument['layout']['notes']
  /** Points of the wires within, by the keys that they had. */
  readonly wires?: GraphDocument['layout']['wires']
  readonly cards?: GraphDocument['layout']['cards']
  /** Groups all of whose nodes are here. */
  readonly groups?: GraphDocument['layout']['groups']
}

/** The selected part of a document; null when nothing that can be copied is selected. */
export function copySelection(document: GraphDocument, selection: Selection): Clip | null {
  const ids = selection.nodes.filter((id) => nodeOf(document, id) !== undefined)
  if (ids.length + selection.frames.length + selection.notes.length === 0) return null
  const chosen = new Set(ids)
  const within = new Set(
    document.edges.filter(({ from, to }) => chosen.has(from.node) && chosen.has(to.node)).map(edgeKey),
  )
  return {
    nodes: Object.fromEntries(Object.entries(document.nodes).filter(([id]) => chosen.has(id))),
    edges: document.edges.filter(({ to }) => chosen.has(to.node)),
    positions: Object.fromEntries(ids.map((id) => [id, positionOf(document, id)])),
    frames: document.layout.frames.filter((_, index) => selection.frames.includes(index)),
    notes: document.layout.notes.filter((_, index) => selection.notes.includes(index)),
    ...part('wires', document.layout.wires, within),
    ...part('cards', document.layout.cards, chosen),
    ...part(
      'groups',
      document.layout.groups,
      new Set(groupsOf(document).flatMap(({ id, nodes }) => (nodes.every((node) => chosen.has(node)) ? [id] : []))),
    ),
  }
}

/** The entries with these keys, under a name; nothing where there are none. */
function part<Name extends string, Value>(
  name: Name,
  entries: Readonly<Record<string, Value>> | undefined,
  keys: ReadonlySet<string>,
): { readonly [Key in Name]?: Record<string, Value> } {
  const kept = Object.entries(entries ?? {}).filter(([key]) => keys.has(key))
  return kept.length === 0 ? {} : ({ [name]: Object.fromEntries(kept) } as { [Key in Name]: Record<string, Value> })
}

/** The clip as the text that goes on the system's clipboard. */
export function writeClip(clip: Clip): string {
  return JSON.stringify({ format, ...clip })
}

/**
 * Reads what is on the clipboard: a clip, or a whole document pasted as text. Null when it is neither. Fields that
 * aren't known stay.
 */
export function readClip(text: string): Clip | null {
  if (text.length > documentLimits.characters || !text.trimStart().startsWith('{')) return null
  try {
    const json = JSON.parse(text) as Record<string, unknown>
    if (clipSchema.safeParse(json).success) return json as unknown as Clip
    const document = documentSchema.safeParse(json)
    if (!document.success) return null
    const { nodes, edges } = { nodes: {}, edges: [], ...json } as unknown as GraphDocument
    return {
      nodes,
      edges,
      positions: document.data.layout.positions,
      frames: document.data.layout.frames,
      notes: document.data.layout.notes,
      wires: document.data.layout.wires,
      cards: document.data.layout.cards,
      groups: document.data.layout.groups,
    }
  } catch {
    return null
  }
}

export interface PasteOptions {
  /** Upper left corner of what is pasted; absent: a little below and right of where it was. */
  readonly at?: Point
  /** Also draws the wires that came from nodes outside the clip, where those are in this document. */
  readonly keepIncoming?: boolean
  readonly label?: string
}

/** Adds a clip under fresh ids, with its inner wires; what was pasted becomes the selection. */
export function paste(document: GraphDocument, clip: Clip, options: PasteOptions = {}): Command {
  const offset = offsetOf(clip, options.at)
  const ids = new Map<string, string>()
  for (const id of Object.keys(clip.nodes)) ids.set(id, freshNodeId(document, id, new Set(ids.values())))
  const count = ids.size
  const shifted = <Item extends Point>(item: Item): Item => ({
    ...item,
    x: Math.round(item.x + offset.x),
    y: Math.round(item.y + offset.y),
  })
  return edit(
    options.label ?? (count === 1 ? 'Pasted a node' : `Pasted ${count} nodes`),
    (draft) => {
      for (const [id, node] of Object.entries(clip.nodes)) {
        const fresh = ids.get(id) ?? id
        draft.nodes[fresh] = structuredClone(node)
        draft.layout.positions[fresh] = shifted(clip.positions[id] ?? { x: 0, y: 0 })
        const look = clip.cards?.[id]
        if (look !== undefined) draft.layout.cards = { ...draft.layout.cards, [fresh]: { ...look } }
      }
      draft.edges.push(...pastedEdges(document, clip, ids, options.keepIncoming === true))
      for (const edge of clip.edges) {
        const points = clip.wires?.[edgeKey(edge)]
        const [from, to] = [ids.get(edge.from.node), ids.get(edge.to.node)]
        if (points === undefined || from === undefined || to === undefined) continue
        const key = edgeKey({ from: { ...edge.from, node: from }, to: { ...edge.to, node: to } })
        draft.layout.wires = { ...draft.layout.wires, [key]: points.map(shifted) }
      }
      pasteGroups(draft, clip.groups ?? {}, ids)
      draft.layout.frames.push(...clip.frames.map(shifted))
      draft.layout.notes.push(...clip.notes.map(shifted))
    },
    {
      select: {
        nodes: [...ids.values()],
        frames: clip.frames.map((_, index) => document.layout.frames.length + index),
        notes: clip.notes.map((_, index) => document.layout.notes.length + index),
      },
    },
  )
}

/** Groups under fresh ids; one whose parent was not copied is in none. */
function pasteGroups(
  draft: Pick<GraphDocument, 'layout'>,
  copied: NonNullable<Clip['groups']>,
  ids: ReadonlyMap<string, string>,
): void {
  const fresh = new Map<string, string>()
  for (const id of Object.keys(copied))
    fresh.set(
      id,
      freshNodeId({ nodes: {} }, id, new Set([...Object.keys(draft.layout.groups ?? {}), ...fresh.values()])),
    )
  const pasted = Object.entries(copied).map(([id, { parent, ...group }]) => {
    const around = parent === undefined ? undefined : fresh.get(parent)
    const nodes = group.nodes.flatMap((node) => ids.get(node) ?? [])
    return [fresh.get(id) ?? id, { ...group, nodes, ...(around !== undefined && { parent: around }) }] as const
  })
  if (pasted.length > 0) draft.layout.groups = { ...draft.layout.groups, ...Object.fromEntries(pasted) }
}

function pastedEdges(
  document: GraphDocument,
  clip: Clip,
  ids: ReadonlyMap<string, string>,
  keepIncoming: boolean,
): readonly GraphEdge[] {
  return clip.edges.flatMap(({ id: _id, ...edge }) => {
    const to = ids.get(edge.to.node)
    const from =
      ids.get(edge.from.node) ??
      (keepIncoming && nodeOf(document, edge.from.node) !== undefined ? edge.from.node : undefined)
    return to === undefined || from === undefined
      ? []
      : [{ ...edge, from: { ...edge.from, node: from }, to: { ...edge.to, node: to } }]
  })
}

function offsetOf(clip: Clip, at: Point | undefined): Point {
  if (at === undefined) return { x: 30, y: 30 }
  const places = [
    ...Object.keys(clip.nodes).map((id) => clip.positions[id] ?? { x: 0, y: 0 }),
    ...clip.frames,
    ...clip.notes,
  ]
  return { x: at.x - Math.min(...places.map(({ x }) => x)), y: at.y - Math.min(...places.map(({ y }) => y)) }
}
