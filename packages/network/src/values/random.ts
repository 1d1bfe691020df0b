/** A stream of uniform numbers in [0, 1). */
export type Random = () => number

/**
 * A seeded stream of uniform numbers in [0, 1) with 32 bits each: Chris Doty-Humphrey's sfc32, whose state is spread
 * from the seed with the finaliser of MurmurHash3, so that neighbouring seeds give unrelated streams. Integer
 * arithmetic only: the same on every machine.
 */
export function createRandom(seed: number): Random {
  let a = hashInteger(seed)
  let b = hashInteger(a ^ Math.floor(seed / 2 ** 32))
  let c = hashInteger(b + 0x9e3779b9)
  let counter = 1
  const next = (): number => {
    const result = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + result
    return (result >>> 0) / 2 ** 32
  }
  for (let round = 0; round < 12; round += 1) next()
  return next
}

/**
 * Spreads any number's low 32 bits over a signed 32-bit integer (MurmurHash3's finaliser, kept away from its fixed
 * point 0).
 */
export function hashInteger(value: number): number {
  let hash = (value + 0x6d2b79f5) | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/**
 * A seed that depends on a seed and a text, such as a parameter's name: for giving every layer its own stream (FNV-1a,
 * then mixed).
 */
export function deriveSeed(seed: number, text: string): number {
  let hash = 0x811c9dc5 ^ hashInteger(seed)
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hashInteger(hash) >>> 0
}

/**
 * One draw from the standard normal distribution, by the ratio of uniforms (Leva 1992, ACM TOMS algorithm 712). The
 * value itself is made with exactly rounded operations; the logarithm, which engines may round differently, only
 * decides one acceptance in a hundred.
 */
export function normal(random: Random): number {
  for (;;) {
    const u = 1 - random()
    const v = 1.7156 * (random() - 0.5)
    const x = u - 0.449871
    const y = Math.abs(v) + 0.386595
    const q = x * x + y * (0.196 * y - 0.25472 * x)
    if (q < 0.27597 || (q <= 0.27846 && v * v <= -4 * Math.log(u) * u * u)) return v / u
  }
}

/** A shuffled copy (Fisher-Yates). */
export function shuffle<Item>(items: readonly Item[], random: Random): Item[] {
  const result = [...items]
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1))
    const kept = result[last] as Item
    result[last] = result[other] as Item
    result[other] = kept
  }
  return result
}
