import { type GraphDocument, type LayoutGroups, removeGroups, withoutNodes } from '@graft/graph-schema'
import type { Draft } from 'immer'
import { groupOf, groupsOf } from '../graph/groups.js'
import { freshNodeId } from '../graph/ids.js'
import { edit } from './command.js'
import type { Command } from './command.js'

/**
 * Shows nodes as one, closed. Groups that are among them as a whole go into the new one; of other groups they leave
 * those that don't hold all of them.
 */
export function groupNodes(document: GraphDocument, ids: readonly string[]): Command {
  const chosen = new Set(ids)
  const all = groupsOf(document)
  const whole = all.filter(({ nodes }) => nodes.every((node) => chosen.has(node)))
  const inner = whole.filter(({ parent }) => !whole.some(({ id }) => id === parent))
  const isGroupAlready = inner.length === 1 && inner[0]?.nodes.length === chosen.size
  const outer = all.findLast(
    ({ id, nodes }) => !whole.some((group) => group.id === id) && ids.every((node) => nodes.includes(node)),
  )
  const id = freshNodeId({ nodes: {} }, 'group', new Set(Object.keys(document.layout.groups ?? {})))
  const grouped = new Set(inner.flatMap(({ nodes }) => nodes))
  const own = ids.filter((node) => !grouped.has(node))
  return edit(
    `Grouped ${ids.length} nodes`,
    (draft) => {
      if (isGroupAlready) return
      const nested = new Set(inner.map((group) => group.id))
      const others = Object.entries(withoutNodes(draft.layout.groups, own)).map(
        ([key, group]) => [key, nested.has(key) ? { ...group, parent: id } : group] as const,
      )
      setGroups(draft, {
        ...Object.fromEntries(others),
        [id]: { title: 'Group', nodes: own, closed: true, ...(outer !== undefined && { parent: outer.id }) },
      })
    },
    { select: { nodes: ids } },
  )
}

/**
 * Takes groups away; their nodes, and the groups within, stay as they are: the outermost ones that are selected as a
 * whole, else the innermost of each node.
 */
export function ungroup(document: GraphDocument, ids: readonly string[]): Command {
  const chosen = new Set(ids)
  const whole = groupsOf(document).filter(({ nodes }) => nodes.every((node) => chosen.has(node)))
  const outermost = whole.filter(({ parent }) => !whole.some(({ id }) => id === parent)).map(({ id }) => id)
  const innermost = ids.flatMap((id) => groupOf(document, id)?.id ?? [])
  const gone = new Set(outermost.length > 0 ? outermost : innermost)
  return edit(gone.size === 1 ? 'Ungrouped' : `Took ${gone.size} groups apart`, (draft) => {
    const { groups = {} } = draft.layout
    setGroups(draft, removeGroups(groups, gone))
  })
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

function setGroups(draft: Draft<GraphDocument>, groups: LayoutGroups): void {
  if (Object.keys(groups).length > 0) draft.layout.groups = groups
  else delete draft.layout.groups
}
