import type { Sample } from '@graft/graph-schema'
import { cosinesOf, sharesOfOthers, type StageFeatures, usualSoftness } from '@graft/engines'
import { columnsOf, type NetworkFeatures } from '../features/network-features.js'
import type { Subject } from './subject.js'

/** How alike two of the images that are looked at are to a network: a cosine. */
export type Alikeness = (first: number, second: number) => number

/** By one stage of a network. */
export function alikenessOf(features: NetworkFeatures, { from, to }: StageFeatures): Alikeness {
  const count = features.values.length / features.columns
  const rows = Array.from({ length: count }, (_, row) => row)
  const cosines = cosinesOf(columnsOf(features, rows, from, to), count, to - from, usualSoftness)
  return (first, second) => cosines[first * count + second] ?? 0
}

export interface Neighbour {
  readonly index: number
  readonly cosine: number
}

/** Of some images those most like one, without images of its own group; the nearest first. */
export function nearestTo(
  index: number,
  among: readonly number[],
  alikeness: Alikeness,
  groups: readonly string[],
  count: number,
): readonly Neighbour[] {
  const near: Neighbour[] = []
  for (const other of among) {
    if (other === index || groups[other] === groups[index]) continue
    const cosine = alikeness(index, other)
    if (near.length === count && cosine <= (near.at(-1)?.cosine ?? -1)) continue
    const place = near.findIndex((known) => known.cosine < cosine)
    near.splice(place < 0 ? near.length : place, 0, { index: other, cosine })
    if (near.length > count) near.pop()
  }
  return near
}

/**
 * Is each image's class the one that its neighbours vote for? Votes count by nearness, as in the head of nearest
 * neighbours, so this is what that head would reach.
 */
export function agreementOf(
  alikeness: Alikeness,
  { rows, labels, classes, groups }: Pick<Subject, 'rows' | 'labels' | 'classes' | 'groups'>,
): Float64Array {
  const count = rows.length
  const cosines = new Float32Array(count * count)
  for (let one = 0; one < count; one++)
    for (let other = 0; other < count; other++)
      cosines[one * count + other] = alikeness(rows[one] ?? 0, rows[other] ?? 0)
  const names = new Map([...new Set(groups)].map((name, place) => [name, place]))
  const groupOf = Int32Array.from(groups, (name) => names.get(name) ?? -1)
  const shares = sharesOfOthers(cosines, labels, classes.length, (one, other) => groupOf[one] === groupOf[other])
  return Float64Array.from(labels, (label, row) => {
    const own = shares.subarray(row * classes.length, (row + 1) * classes.length)
    return own[label] === Math.max(...own) ? 1 : 0
  })
}

/** The class that most neighbours have, nearer ones counting a little more; and its share of them. */
export function voteOf(
  near: readonly Neighbour[],
  labels: readonly number[],
): { readonly label: number; readonly share: number } {
  const votes = new Map<number, number>()
  for (const { index, cosine } of near)
    votes.set(labels[index] ?? -1, (votes.get(labels[index] ?? -1) ?? 0) + 1 + 1e-3 * cosine)
  const [label = -1, weight = 0] = [...votes].toSorted((a, b) => b[1] - a[1])[0] ?? []
  return { label, share: Math.min(1, weight / Math.max(1, near.length)) }
}

/** Pairs of one image: the same file, or alike at the last stage and in the middle. */
export function nearlySame(
  last: Alikeness,
  middle: Alikeness,
  samples: readonly Pick<Sample, 'fingerprint'>[],
): readonly (readonly [number, number])[] {
  const pairs: [number, number][] = []
  samples.forEach((one, first) => {
    for (let second = first + 1; second < samples.length; second++)
      if (
        one.fingerprint === samples[second]?.fingerprint ||
        (last(first, second) > alike.last && middle(first, second) > alike.middle)
      )
        pairs.push([first, second])
  })
  return pairs
}

/**
 * Found on the panel: copies and crops of one image lie above, the nearest different photos of flowers, coins,
 * rubbish, steel and lungs at 0.70 to 0.92.
 */
const alike = { last: 0.95, middle: 0.9 }
