/** What is divided into folds. */
export interface FoldItem {
  /** Samples with the same group (copies and views of one image, say) stay together. */
  readonly group: string
  readonly classes: readonly number[]
}

/**
 * The fold of every item, 0 to `count - 1`: groups whole, each class spread as evenly as can be, whatever the number of
 * classes per item. Rarest classes first, each group to the fold that has least of its rarest class and, where several
 * do, to the smallest. `random` breaks ties; the same draws give the same folds.
 */
export function stratifiedFolds(items: readonly FoldItem[], count: number, random: () => number): Int32Array {
  const groups = gather(items)
  const sizes = new Map<number, number>()
  for (const { classes } of items) for (const name of classes) sizes.set(name, (sizes.get(name) ?? 0) + 1)
  const rarest = (classes: readonly number[]): number =>
    classes.reduce((best, name) => (sizeOf(sizes, name) < sizeOf(sizes, best) ? name : best), classes[0] ?? -1)
  const ordered = groups
    .map((group) => ({ ...group, rarest: rarest(group.classes), draw: random() }))
    .sort((a, b) => sizeOf(sizes, a.rarest) - sizeOf(sizes, b.rarest) || a.rarest - b.rarest || a.draw - b.draw)
  const totals = new Array<number>(count).fill(0)
  const perClass = totals.map(() => new Map<number, number>())
  const folds = new Int32Array(items.length)
  for (const group of ordered) {
    const fold = leastOf(totals, (index) => perClass[index]?.get(group.rarest) ?? 0)
    for (const index of group.members) folds[index] = fold
    totals[fold]! += group.members.length
    for (const name of group.classes) perClass[fold]?.set(name, (perClass[fold].get(name) ?? 0) + group.members.length)
  }
  return folds
}

interface Group {
  readonly members: readonly number[]
  readonly classes: readonly number[]
}

function gather(items: readonly FoldItem[]): readonly Group[] {
  const groups = new Map<string, { members: number[]; classes: number[] }>()
  items.forEach(({ group, classes }, index) => {
    const known = groups.get(group) ?? { members: [], classes: [] }
    groups.set(group, known)
    known.members.push(index)
    known.classes.push(...classes.filter((name) => !known.classes.includes(name)))
  })
  return [...groups.values()]
}

const sizeOf = (sizes: ReadonlyMap<number, number>, name: number): number => sizes.get(name) ?? 0

/** The fold with the least of something; of several, the one with fewest samples, then the first. */
function leastOf(totals: readonly number[], amount: (fold: number) => number): number {
  let best = 0
  for (let fold = 1; fold < totals.length; fold++) {
    const difference = amount(fold) - amount(best)
    if (difference < 0 || (difference === 0 && totals[fold]! < totals[best]!)) best = fold
  }
  return best
}
