import { studentBelow } from '@graft/graph-schema'
import { fewestForAllStages } from '../few-and-many.js'
import { meanOf, standardError } from '../statistics/estimate.js'
import { differenceBetween, type MeasuredCandidate } from './candidates.js'

/** What is worth a tenth of the work is worth being called cheaper. */
const cheaper = 0.9

/** How often chance alone may make another candidate pass for better. */
const passing = 0.05

/**
 * The candidate to recommend. Of a network it is least squares on all of its stages where that was measured, else the
 * solver on all of them (on the last, with very few images), unless another is better beyond chance: what did best on
 * other sets of images is known from hundreds of answers, a lead here from these images alone, and the best of several
 * leads is mostly luck. Of several networks it is the best, or the cheapest that is not worse than it by more than a
 * standard error.
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
  const others = candidates.filter((candidate) => candidate !== usual)
  // All others had the chance to pass for better, so each of them gets its part of it (Bonferroni).
  const better = others
    .map((candidate) => ({ candidate, chance: chanceOf(candidate, usual) }))
    .filter(({ chance }) => chance * others.length < passing)
    .toSorted((a, b) => a.chance - b.chance)[0]
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

/** How likely so large a lead is where neither is better: Student's distribution, paired by image, one-sided. */
function chanceOf(candidate: MeasuredCandidate, usual: MeasuredCandidate): number {
  const lead = meanOf(candidate.hits) - meanOf(usual.hits)
  return 1 - studentBelow(lead / errorBetween(candidate, usual), Math.max(1, usual.way.head.independent - 1))
}

function errorBetween(first: MeasuredCandidate, second: MeasuredCandidate): number {
  const differences = Array.from(first.hits, (hit, index) => hit - (second.hits[index] ?? 0))
  return standardError(differences, first.way.head.independent)
}

/** Is no other candidate of about the same accuracy? */
export function isClear(chosen: MeasuredCandidate, candidates: readonly MeasuredCandidate[]): boolean {
  return candidates.every((other) => other === chosen || differenceBetween(chosen, other).low > 0)
}
