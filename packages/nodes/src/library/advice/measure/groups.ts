import type { Sample } from '@graft/graph-schema'

/**
 * The group of every image: the same for copies, for those that the person grouped, and for pairs that are nearly the
 * same, directly or through others. What knows one of them knows them all, so they never help to recognise each other.
 */
export function groupsOf(
  samples: readonly Pick<Sample, 'fingerprint' | 'group'>[],
  pairs: readonly (readonly [number, number])[],
): readonly string[] {
  const parents = samples.map((_, index) => index)
  const rootOf = (index: number): number => {
    let root = index
    while (parents[root] !== root) root = parents[root] = parents[parents[root] ?? 0] ?? 0
    return root
  }
  const join = (first: number, second: number): void => void (parents[rootOf(first)] = rootOf(second))
  const known = new Map<string, number>()
  samples.forEach(({ fingerprint, group }, index) => {
    for (const tie of [`same ${fingerprint}`, ...(group === undefined ? [] : [`group ${group}`])]) {
      const other = known.get(tie)
      if (other === undefined) known.set(tie, index)
      else join(index, other)
    }
  })
  for (const [first, second] of pairs) join(first, second)
  return samples.map((_, index) => String(rootOf(index)))
}
