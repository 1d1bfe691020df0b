import { edgeKey, type GraphDocument, type GraphLayout } from '../document.js'
import { type LayoutGroups, withoutNodes } from './groups.js'

/** A document's layout without how things are drawn that are gone: wires, cards, nodes in groups, groups left empty. */
export function prunedLayout({ nodes, edges, layout }: Pick<GraphDocument, 'nodes' | 'edges' | 'layout'>): GraphLayout {
  const { wires, cards, groups, ...others } = layout
  const drawn = new Set(edges.map(edgeKey))
  const left = {
    wires: entriesOf(wires, (key) => drawn.has(key)),
    cards: entriesOf(cards, (id) => Object.hasOwn(nodes, id)),
    groups: groupsLeft(groups, nodes),
  }
  if (left.wires === wires && left.cards === cards && left.groups === groups) return layout
  return {
    ...others,
    ...(left.wires && { wires: left.wires }),
    ...(left.cards && { cards: left.cards }),
    ...(left.groups && { groups: left.groups }),
  }
}

/** The same where all stay, nothing where none does. */
function entriesOf<Value>(
  entries: Readonly<Record<string, Value>> | undefined,
  stays: (key: string) => boolean,
): Record<string, Value> | undefined {
  const kept = Object.entries(entries ?? {}).filter(([key]) => stays(key))
  if (kept.length === 0) return undefined
  return kept.length === Object.keys(entries ?? {}).length ? entries : Object.fromEntries(kept)
}

function groupsLeft(groups: LayoutGroups | undefined, nodes: GraphDocument['nodes']): LayoutGroups | undefined {
  const gone = Object.values(groups ?? {})
    .flatMap((group) => group.nodes)
    .filter((id) => !Object.hasOwn(nodes, id))
  if (gone.length === 0) return groups
  const left = withoutNodes(groups, gone)
  return Object.keys(left).length > 0 ? left : undefined
}
