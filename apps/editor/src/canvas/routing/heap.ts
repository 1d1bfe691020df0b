/** A priority queue of numbers: the one with the smallest rank comes first. */
export interface Heap {
  readonly push: (item: number, rank: number) => void
  readonly pop: () => number | undefined
}

export function createHeap(): Heap {
  const items: { readonly item: number; readonly rank: number }[] = []
  const rankAt = (index: number): number => items[index]?.rank ?? Infinity
  const swap = (one: number, other: number): void => {
    const held = items[one]
    const with_ = items[other]
    if (held === undefined || with_ === undefined) return
    items[one] = with_
    items[other] = held
  }
  return {
    push: (item, rank) => {
      items.push({ item, rank })
      for (let index = items.length - 1; index > 0; ) {
        const parent = (index - 1) >> 1
        if (rankAt(parent) <= rankAt(index)) return
        swap(parent, index)
        index = parent
      }
    },
    pop: () => {
      const first = items[0]
      const last = items.pop()
      if (first === undefined || last === undefined) return undefined
      if (items.length === 0) return first.item
      items[0] = last
      for (let index = 0; ; ) {
        const left = 2 * index + 1
        const child = rankAt(left + 1) < rankAt(left) ? left + 1 : left
        if (rankAt(index) <= rankAt(child)) break
        swap(index, child)
        index = child
      }
      return first.item
    },
  }
}
