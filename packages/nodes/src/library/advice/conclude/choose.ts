import { fewestForAllStages } from '../few-and-many.js'
import { meanOf, standardError } from '../statistics/estimate.js'
import { differenceBetween, type MeasuredCandidate } from './candidates.js'

/** What is worth a tenth of the work is worth being called cheaper. */
const cheaper = 0.9

/**
 * The candidate to recommend. Of a network it is least squares on all of its stages where that was measured, else the
 * solver on all of them (on the last, with very few images), unless another is better by more than a standard error: on
 * the panel that did better than to take whatever came out best, which is luck with few images. Of several networks it is
 * the best, or the cheapest that is not worse than it by more than a standard error.
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
  const usual = usualOf(candidates) ?? candidates.find(({ cut }) => cut === null)
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

/** Of a network's candidates the one that did best on other sets of images, and is taken unless another is better. */
function usualOf(candidates: readonly MeasuredCandidate[]): MeasuredCandidate | undefined {
  const whole = candidates.filter(
    ({ cut, features, hits }) => cut === null && features === (hits.length < fewestForAllStages ? 'last' : 'all'),
  )
  return whole.find(({ recipe }) => recipe === 'leastSquares') ?? whole[0]
}

/** Is it the one that is taken of its network unless another is better? */
export const isUsual = (candidate: MeasuredCandidate, all: readonly MeasuredCandidate[]): boolean =>
  usualOf(all.filter(({ network }) => network === candidate.network)) === candidate

function errorBetween(first: MeasuredCandidate, second: MeasuredCandidate): number {
  const differences = Array.from(first.hits, (hit, index) => hit - (second.hits[index] ?? 0))
  return standardError(differences, first.way.head.independent)
}

/** Is no other candidate of about the same accuracy? */
export function isClear(chosen: MeasuredCandidate, candidates: readonly MeasuredCandidate[]): boolean {
  return candidates.every((other) => other === chosen || differenceBetween(chosen, other).low > 0)
}
