/** Names of variables, handed out and taken back. */
const letters = ['x', 'y', 'z', 'u', 'v', 'w']

/** Which variable holds which value while a stage's lines are written. */
export class Variables {
  readonly #held = new Map<string, string>()

  /** The variable of a value. */
  of(value: string): string {
    return this.#held.get(value) ?? 'x'
  }

  /**
   * The variable for a new value: that of an input which is not read again, else a free one. Values that are not `needed`
   * any more give theirs back first.
   */
  assign(value: string, inputs: readonly string[], needed: (value: string) => boolean): string {
    const freed = inputs.filter((input) => this.#held.has(input) && !needed(input)).map((input) => this.of(input))
    const chosen = letters.find((letter) => freed.includes(letter)) ?? freed[0]
    for (const held of [...this.#held.keys()]) if (!needed(held)) this.#held.delete(held)
    const used = new Set(this.#held.values())
    const free = chosen !== undefined && !used.has(chosen) ? chosen : firstFree(used)
    this.#held.set(value, free)
    return free
  }
}

function firstFree(used: ReadonlySet<string>): string {
  const letter = letters.find((name) => !used.has(name))
  if (letter !== undefined) return letter
  let count = 1
  while (used.has(`x${count}`)) count++
  return `x${count}`
}
