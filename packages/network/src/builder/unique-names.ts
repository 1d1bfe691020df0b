/** Hands out names once. */
export class UniqueNames {
  private readonly taken = new Set<string>()
  private readonly counts = new Map<string, number>()

  /** `name`, or `name_2`, `name_3`, ... if it is taken; takes it. */
  take(name: string): string {
    const { candidate, count } = this.nextFree(name)
    this.counts.set(name, count)
    this.taken.add(candidate)
    return candidate
  }

  /** What `take` would give. */
  peek(name: string): string {
    return this.nextFree(name).candidate
  }

  /** Names of Object's own members (`__proto__`) would break records keyed by name. */
  private nextFree(name: string): { readonly candidate: string; readonly count: number } {
    let candidate = name in {} ? `${name}_` : name
    let count = this.counts.get(name) ?? 1
    while (this.taken.has(candidate)) candidate = `${name}_${++count}`
    return { candidate, count }
  }
}
