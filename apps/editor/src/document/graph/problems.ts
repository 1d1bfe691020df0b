import type { Problem } from '@graft/graph-schema'

const grouped = new WeakMap<readonly Problem[], ReadonlyMap<string, readonly Problem[]>>()

/** Problems by the node they are at; worked out once for each list. */
export function problemsByNode(problems: readonly Problem[]): ReadonlyMap<string, readonly Problem[]> {
  const known = grouped.get(problems)
  if (known !== undefined) return known
  const byNode = new Map<string, Problem[]>()
  for (const problem of problems)
    if (problem.node !== undefined) byNode.set(problem.node, [...(byNode.get(problem.node) ?? []), problem])
  grouped.set(problems, byNode)
  return byNode
}
