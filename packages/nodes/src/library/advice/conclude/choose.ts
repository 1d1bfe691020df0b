import { meanOf, standardError } from '../statistics/estimate.js'
import { differenceBetween, type MeasuredCandidate } from './candidates.js'

/** With fewer images in all, to choose how much each stage counts costs more than all stages bring (docs/heads.md). */
export const fewestForAllStages = 15
/** What is worth a tenth of the work is worth being called cheaper. */
const cheaper = 0.9

/**
 * The candidate to recommend. Of a network it is the head on all of its stages (on its last, with very few images),
 * unless another is better by more than a standard error: on the panel that did better than to take whatever came out
 * best, which is luck with few images. Of several networks it is the best, or the cheapest that is not worse than it by
 * more than a standard error.
 */
export function chooseCandidate(candidates: readonly MeasuredCandidate[]): MeasuredCandidate | null {
  const networks = [...new Set(candidates.map(({ network }) => network))]
  const picks = networks.flatMap((network) => bestOf(candidates.filter((candidate) => candidate.network === network)))
  const best = picks.toSorted((a, b) => meanOf(b.hits) - meanOf(a.hits))[0]
  if (best === undefined) return null
  const enough = picks.filter(
    (pick) => pick.macs < cheaper * best.macs && meanOf(best.hits) - meanOf(pick.hits) <= errorBetween(best, pick),
  )
  return enough.toSorted((a, b) => a.macs - b.macs)[0] ?? best
}

function bestOf(candidates: readonly MeasuredCandidate[]): readonly MeasuredCandidate[] {
  const usual = candidates.find(isUsual) ?? candidates.find(({ cut }) => cut === null)
  if (usual === undefined) return []
  const better = candidates
    .map((candidate) => ({
      candidate,
      ahead: meanOf(candidate.hits) - meanOf(usual.hits) - errorBetween(candidate, usual),
    }))
    .filter(({ candidate, ahead }) => candidate !== usual && ahead > 0)
    .toSorted((a, b) => b.ahead - a.ahead)[0]
  return [better?.candidate ?? usual]
}

/** Is it what did best on other sets of images, and is taken unless another is better? */
export const isUsual = ({ cut, features, hits }: MeasuredCandidate): boolean =>
  cut === null && features === (hits.length < fewestForAllStages ? 'last' : 'all')

function errorBetween(first: MeasuredCandidate, second: MeasuredCandidate): number {
  const differences = Array.from(first.hits, (hit, index) => hit - (second.hits[index] ?? 0))
  return standardError(differences, first.way.head.independent)
}

/** Is no other candidate of about the same accuracy? */
export function isClear(chosen: MeasuredCandidate, candidates: readonly MeasuredCandidate[]): boolean {
  return candidates.every((other) => other === chosen || differenceBetween(chosen, other).low > 0)
}
