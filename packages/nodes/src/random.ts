/** A source of numbers in [0, 1). Another one than that of `@graft/network`: seeds of data go on giving the same draws. */
export type Random = () => number

/** 32-bit FNV-1a hash of bytes. */
export function fnv1a(bytes: Iterable<number>): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

/** 32-bit hash of an ASCII text. */
export function fnv1aOfText(text: string): number {
  return fnv1a(Array.from(text, (character) => character.charCodeAt(0) & 0xff))
}

/** One well-mixed 32-bit hash of several integers; the order matters. */
export function hashIntegers(...values: readonly number[]): number {
  let hash = 0x9e3779b9
  for (const value of values) {
    hash = Math.imul(hash ^ (value | 0), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    hash = (hash ^ (hash >>> 16)) + 0x6d2b79f5
  }
  return hash >>> 0
}

/** The mulberry32 generator: small, fast, the same on every machine. */
export function mulberry32(seed: number): Random {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** A number in [low, high). */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random()
}

/** A whole number from low to high, both included. */
export function integerBetween(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1))
}

/** True with the given probability. */
export function chance(random: Random, probability: number): boolean {
  return random() < probability
}

/** One of the choices, each as likely. */
export function pick<T>(random: Random, choices: readonly [T, ...T[]]): T {
  return choices[Math.floor(random() * choices.length)] ?? choices[0]
}

/** The same items in an order drawn by lot (Fisher and Yates); the list itself stays as it is. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items]
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    ;[result[last], result[other]] = [result[other] as T, result[last] as T]
  }
  return result
}

/** Bootstrap: how often each of so many is drawn when as many are drawn with replacement. */
export function drawWeights(count: number, random: Random): Uint32Array {
  const weights = new Uint32Array(count)
  for (let drawn = 0; drawn < count; drawn++) {
    const index = Math.floor(random() * count)
    weights[index] = (weights[index] ?? 0) + 1
  }
  return weights
}
