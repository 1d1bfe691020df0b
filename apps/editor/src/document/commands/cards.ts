import { nodeOf } from '@graft/graph-schema'
import type { GraphDocument, GraphLayout } from '@graft/graph-schema'
import type { Draft } from 'immer'
import type { ColorName } from '../graph/colors.js'
import { edit } from './command.js'
import type { Command, Selection } from './command.js'
import { namesOf } from './nodes.js'

type CardLook = NonNullable<GraphLayout['cards']>[string]

/** How a node is drawn: collapsed, coloured. Absent: as usual. */
export const lookOf = ({ layout }: Pick<GraphDocument, 'layout'>, id: string): CardLook | undefined =>
  layout.cards !== undefined && Object.hasOwn(layout.cards, id) ? layout.cards[id] : undefined

/** Collapses nodes to their titles, or opens them again when all of them are collapsed. */
export function toggleCollapsed(document: GraphDocument, ids: readonly string[]): Command {
  const collapse = !ids.every((id) => lookOf(document, id)?.collapsed === true)
  return edit(`${collapse ? 'Collapsed' : 'Opened'} ${namesOf(document, ids)}`, (draft) => {
    for (const id of ids) setLook(draft, id, { collapsed: collapse || undefined })
  })
}

/** Gives the selected nodes and frames a colour; null: nodes get their category's again, frames grey. */
export function setColor(
  document: GraphDocument,
  { nodes, frames }: Pick<Selection, 'nodes' | 'frames'>,
  color: ColorName | null,
): Command {
  const what = nodes.length > 0 ? namesOf(document, nodes) : frames.length === 1 ? 'the frame' : 'the frames'
  return edit(color === null ? `Took the colour from ${what}` : `Coloured ${what} ${color}`, (draft) => {
    for (const id of nodes) setLook(draft, id, { color: color ?? undefined })
    for (const index of frames) {
      const frame = draft.layout.frames[index]
      if (frame !== undefined) frame.color = color ?? 'grey'
    }
  })
}

/** Undefined takes away; what isn't named stays. Nothing is kept of a node that is drawn as usual. */
function setLook(
  draft: Draft<GraphDocument>,
  id: string,
  change: { readonly [Key in keyof CardLook]: CardLook[Key] | undefined },
): void {
  if (nodeOf(draft, id) === undefined) return
  const look = Object.fromEntries(
    Object.entries({ ...lookOf(draft, id), ...change }).filter(([, value]) => value !== undefined),
  ) as CardLook
  const cards = { ...draft.layout.cards, [id]: look }
  if (Object.keys(look).length === 0) delete cards[id]
  if (Object.keys(cards).length > 0) draft.layout.cards = cards
  else delete draft.layout.cards
}
