import type { Sample } from '@graft/graph-schema'
import { findNearCopies, lookOf } from '../../../image-files/index.js'
import { type Alikeness, nearlySame } from './neighbours.js'

export type Pair = readonly [first: number, second: number]

/** So many images are decoded at once: libraries have as many threads. */
const atOnce = 4
/** All pairs are compared in one go; for so many images that takes a second or two. */
const mostCompared = 2000

export interface Copies {
  readonly pairs: readonly Pair[]
  /**
   * Those among them that must not help to recognise each other: by features alone. Pixels seem to call images alike that are
   * lit alike, and chains of those tie most of a class together (the panel's tiles: accuracies 20 points too low).
   */
  readonly tied: readonly Pair[]
  /** False with more images than are compared pixel by pixel: then the pairs are those that the network sees. */
  readonly byPixels: boolean
}

/**
 * Pairs of nearly the same image: those that the network can't tell apart, and those whose pixels show the same, turned or
 * mirrored too. Either sees what the other misses: crops the one, one thing in another light the other.
 */
export async function copiesAmong(
  samples: readonly Sample[],
  { last, middle }: { readonly last: Alikeness; readonly middle: Alikeness },
  signal: AbortSignal,
): Promise<Copies> {
  const looking = await lookingTheSame(samples, signal)
  const tied = nearlySame(last, middle, samples)
  const pairs = [...tied, ...(looking ?? [])]
  const once = new Map(pairs.map((pair) => [pair.join(' '), pair]))
  return { pairs: [...once.values()].toSorted(([a, b], [c, d]) => a - c || b - d), tied, byPixels: looking !== null }
}

/** Null where there are too many images to compare. */
async function lookingTheSame(samples: readonly Sample[], signal: AbortSignal): Promise<readonly Pair[] | null> {
  if (samples.length > mostCompared) return null
  const looks: Awaited<ReturnType<typeof lookOf>>[] = []
  for (let start = 0; start < samples.length; start += atOnce) {
    signal.throwIfAborted()
    looks.push(...(await Promise.all(samples.slice(start, start + atOnce).map(lookOf))))
  }
  return findNearCopies(looks, () => true).map(({ one, other }) => [one, other])
}
