import type { Sample } from '@graft/graph-schema'
import { findNearCopies, lookOf } from '../../../image-files/index.js'
import { type Alikeness, nearlySame } from './neighbours.js'

export type Pair = readonly [first: number, second: number]

/** So many images are decoded at once: libraries have as many threads. */
const atOnce = 4
/** All pairs are compared in one go; for so many images that takes a second or two. */
const mostCompared = 2000

/**
 * Pairs of nearly the same image: those that the network can't tell apart, and those whose pixels show the same, turned or
 * mirrored too. Either sees what the other misses: crops the one, one thing in another light the other.
 */
export async function copiesAmong(
  samples: readonly Sample[],
  { last, middle }: { readonly last: Alikeness; readonly middle: Alikeness },
  signal: AbortSignal,
): Promise<readonly Pair[]> {
  const pairs = [...nearlySame(last, middle, samples), ...(await lookingTheSame(samples, signal))]
  const once = new Map(pairs.map((pair) => [pair.join(' '), pair]))
  return [...once.values()].toSorted(([a, b], [c, d]) => a - c || b - d)
}

async function lookingTheSame(samples: readonly Sample[], signal: AbortSignal): Promise<readonly Pair[]> {
  if (samples.length > mostCompared) return []
  const looks: Awaited<ReturnType<typeof lookOf>>[] = []
  for (let start = 0; start < samples.length; start += atOnce) {
    signal.throwIfAborted()
    looks.push(...(await Promise.all(samples.slice(start, start + atOnce).map(lookOf))))
  }
  return findNearCopies(looks, () => true).map(({ one, other }) => [one, other])
}
