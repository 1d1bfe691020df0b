import type { GraphLayout } from '../document.js'

export type LayoutGroups = NonNullable<GraphLayout['groups']>

/** The groups without some nodes, and without those that nothing is left in. */
export function withoutNodes(groups: LayoutGroups | undefined, ids: readonly string[]): LayoutGroups {
  const left = Object.fromEntries(
    Object.entries(groups ?? {}).map(([id, group]) => [
      id,
      { ...group, nodes: group.nodes.filter((node) => !ids.includes(node)) },
    ]),
  )
  const isNeeded = (id: string, seen: readonly string[] = []): boolean =>
    (left[id]?.nodes.length ?? 0) > 0 ||
    Object.entries(left).some(
      ([other, { parent }]) => parent === id && !seen.includes(other) && isNeeded(other, [...seen, other]),
    )
  return removeGroups(left, new Set(Object.keys(left).filter((id) => !isNeeded(id))))
}

/** What is in a group that goes is in the one around it from then on. */
export function removeGroups(groups: LayoutGroups, gone: ReadonlySet<string>): LayoutGroups {
  const parentOf = (id: string | undefined, steps = 0): string | undefined =>
    id !== undefined && gone.has(id) && steps < Object.keys(groups).length
      ? parentOf(groups[id]?.parent, steps + 1)
      : id
  const kept = Object.entries(groups).flatMap(([id, { parent, ...group }]) => {
    if (gone.has(id)) return []
    const around = parentOf(parent)
    return [[id, { ...group, ...(around !== undefined && !gone.has(around) && { parent: around }) }] as const]
  })
  const nodesOf = (id: string): readonly string[] => [
    ...(groups[id]?.nodes ?? []),
    ...[...gone]
      .filter((other) => parentOf(groups[other]?.parent) === id)
      .flatMap((other) => groups[other]?.nodes ?? []),
  ]
  return Object.fromEntries(kept.map(([id, group]) => [id, { ...group, nodes: [...new Set(nodesOf(id))] }]))
}
