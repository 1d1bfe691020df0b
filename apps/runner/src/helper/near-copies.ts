import type { Sample } from '@graft/graph-schema'
import { findNearCopies, lookOf } from '@graft/nodes'
import type { HelperCalls } from './helper-protocol.js'

/** So many images are decoded at once: libraries have as many threads. */
const atOnce = 4

/**
 * Pairs that look the same in different classes or splits. Exact copies are told elsewhere; two images of one class and
 * split do no harm.
 */
export async function nearCopies(samples: readonly Sample[]): Promise<HelperCalls['nearCopies']['answer']['pairs']> {
  const looks: Awaited<ReturnType<typeof lookOf>>[] = []
  for (let start = 0; start < samples.length; start += atOnce)
    looks.push(...(await Promise.all(samples.slice(start, start + atOnce).map(lookOf))))
  return findNearCopies(looks, (one, other) => {
    const [first, second] = [samples[one], samples[other]]
    if (first === undefined || second === undefined || first.fingerprint === second.fingerprint) return false
    return first.split !== second.split || JSON.stringify(first.label) !== JSON.stringify(second.label)
  })
}
