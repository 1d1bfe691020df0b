import type { Sample } from '@graft/graph-schema'

/**
 * A number for every image, the same for images that belong together: copies, those that the person grouped, and given
 * pairs, directly or through others. What knows one of them knows them all, so they never help to recognise each other.
 */
export function tiedImages(
  samples: readonly Pick<Sample, 'fingerprint' | 'group'>[],
  pairs: readonly (readonly [number, number])[] = [],
): readonly number[] {
  const parents = samples.map((_, index) => index)
  const rootOf = (index: number): number => {
    let root = index
    while (parents[root] !== root) root = parents[root] = parents[parents[root] ?? 0] ?? 0
    return root
  }
  const join = (first: number, second: number): void => void (parents[rootOf(first)] = rootOf(second))
  const firstWith = new Map<string, number>()
  samples.forEach(({ fingerprint, group }, index) => {
    for (const tie of [`fingerprint ${fingerprint}`, ...(group === undefined ? [] : [`group ${group}`])]) {
      const first = firstWith.get(tie)
      if (first === undefined) firstWith.set(tie, index)
      else join(index, first)
    }
  })
  for (const [first, second] of pairs) join(first, second)
  return samples.map((_, index) => rootOf(index))
}
