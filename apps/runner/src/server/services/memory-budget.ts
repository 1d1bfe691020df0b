interface Entry {
  readonly cache: string
  readonly bytes: number
  drop(): void
}

/**
 * Bytes that the caches of this process may take together. What was used longest ago goes first, whichever cache it
 * belongs to.
 */
export class MemoryBudget {
  /** Least recently used first. */
  private readonly entries = new Map<object, Entry>()
  private total = 0

  constructor(readonly limit: number) {}

  get bytes(): number {
    return this.total
  }

  /**
   * Notes that `owner` was used now and takes this many bytes. `drop` is called, at once or later, when the budget is
   * needed for something else.
   */
  hold(owner: object, cache: string, bytes: number, drop: () => void): void {
    this.release(owner)
    this.entries.set(owner, { cache, bytes, drop })
    this.total += bytes
    for (const [oldest, entry] of this.entries) {
      if (this.total <= this.limit) return
      this.release(oldest)
      entry.drop()
    }
  }

  /** The owner takes nothing any more. */
  release(owner: object): void {
    const entry = this.entries.get(owner)
    if (entry === undefined) return
    this.entries.delete(owner)
    this.total -= entry.bytes
  }

  /** Bytes by cache, for the metrics. */
  byCache(): ReadonlyMap<string, number> {
    const sums = new Map<string, number>()
    for (const { cache, bytes } of this.entries.values()) sums.set(cache, (sums.get(cache) ?? 0) + bytes)
    return sums
  }
}
