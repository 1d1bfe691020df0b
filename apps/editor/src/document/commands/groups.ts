import type { GraphDocument } from '@graft/graph-schema'
import type { Draft } from 'immer'
import { groupOf } from '../graph/groups.js'
import { freshNodeId } from '../graph/ids.js'
import { edit } from './command.js'
import type { Command } from './command.js'

type Groups = NonNullable<GraphDocument['layout']['groups']>

/** Shows nodes as one, closed. They leave the groups that they were in. */
export function groupNodes(document: GraphDocument, ids: readonly string[]): Command {
  const id = freshNodeId({ nodes: {} }, 'group', new Set(Object.keys(document.layout.groups ?? {})))
  return edit(
    `Grouped ${ids.length} nodes`,
    (draft) => {
      setGroups(draft, {
        ...without(draft.layout.groups, ids),
        [id]: { title: 'Group', nodes: [...ids], closed: true },
      })
    },
    { select: { nodes: ids } },
  )
}

/** Takes the groups of these nodes away; the nodes stay as they are. */
export function ungroup(document: GraphDocument, ids: readonly string[]): Command {
  const gone = new Set(ids.flatMap((id) => groupOf(document, id)?.id ?? []))
  return edit(gone.size === 1 ? 'Ungrouped' : `Took ${gone.size} groups apart`, (draft) =>
    setGroups(draft, Object.fromEntries(Object.entries(draft.layout.groups ?? {}).filter(([id]) => !gone.has(id)))),
  )
}

/** Changes a group's title, or opens or closes it. */
export function setGroup(id: string, change: { readonly title?: string; readonly closed?: boolean }): Command {
  const label =
    change.title !== undefined
      ? `Renamed the group to ${change.title}`
      : change.closed === true
        ? 'Closed the group'
        : 'Opened the group'
  return edit(
    label,
    (draft) => {
      const group = draft.layout.groups?.[id]
      if (group === undefined) return
      if (change.title !== undefined) group.title = change.title.slice(0, 200)
      if (change.closed === true) group.closed = true
      if (change.closed === false) delete group.closed
    },
    change.title === undefined ? {} : { coalesce: `group:${id}:title` },
  )
}

/** Forgets nodes that are gone, and groups without nodes. Called after nodes were taken away. */
export function pruneGroups(draft: Draft<GraphDocument>): void {
  const { groups } = draft.layout
  if (groups === undefined) return
  const gone = Object.values(groups)
    .flatMap(({ nodes }) => nodes)
    .filter((id) => !Object.hasOwn(draft.nodes, id))
  if (gone.length > 0) setGroups(draft, without(groups, gone))
}

function without(groups: Groups | undefined, ids: readonly string[]): Groups {
  return Object.fromEntries(
    Object.entries(groups ?? {}).flatMap(([id, group]) => {
      const nodes = group.nodes.filter((node) => !ids.includes(node))
      return nodes.length === 0 ? [] : [[id, { ...group, nodes }] as const]
    }),
  )
}

function setGroups(draft: Draft<GraphDocument>, groups: Groups): void {
  if (Object.keys(groups).length > 0) draft.layout.groups = groups
  else delete draft.layout.groups
}
