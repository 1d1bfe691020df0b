import { drawWeights, mulberry32 } from '../../../random.js'
import { standingOf } from './halving.js'
import type { Rung } from './halving.js'
import { scoreInterval } from './score-interval.js'

/** Scores of images that their networks had not learned from. */
export interface ScoreTable {
  /** The fold of every image, from 1. */
  readonly folds: readonly number[]
  /** For every candidate the score of every image; NaN where it was not measured. */
  readonly scores: readonly Float64Array[]
}

export interface Expected {
  /** What the winner is expected to score on new images. */
  readonly score: number
  readonly interval: readonly [number, number]
  /** By how much its own score is too high, for having been the best of several. */
  readonly optimism: number
}

/** Below this many draws with a winner that can be measured nothing is said. */
const fewestDraws = 50

export interface ExpectedOptions {
  readonly draws?: number
  readonly seed: number
  /** Whether an image may be of several classes, so that its score may lie between 0 and 1. */
  readonly several?: boolean
  /** What a candidate has to be ahead by over so many folds. */
  readonly handicap?: (candidate: number, folds: number) => number
}

/**
 * How much of a winner's score is luck: bootstrap bias-corrected cross-validation (Tsamardinos, Greasidou and Borboudakis
 * 2018). The choice among those who came through the last round is made again on images drawn with replacement, and each
 * time the winner is measured on images that were not drawn and that no earlier round has chosen by: on these, those who
 * went on were lucky too. Nothing is trained again. The interval is that of the draws, somewhat wide, since a third of
 * the images measure each; but never narrower than that of the winner's own scores, for draws in which all were right do not
 * differ.
 */
export function expectedScore(
  table: ScoreTable,
  rungs: readonly Rung[],
  { draws = 1000, seed, several = false, handicap = () => 0 }: ExpectedOptions,
): Expected | null {
  const { folds, scores } = table
  const random = mulberry32(seed)
  const standing = standingOf(scores.length, rungs, (candidate, to) =>
    lessened(wholeMean(table, candidate, to), handicap(candidate, to)),
  )
  const upTo = rungs[standing.rungs - 1]?.folds ?? 0
  const before = rungs[standing.rungs - 2]?.folds ?? 0
  const finalists = [...scores.keys()].filter((candidate) => wholeMean(table, candidate, upTo) !== null)
  const handicaps = finalists.map((candidate) => handicap(candidate, upTo))
  const found: number[] = []
  for (let draw = 0; draw < draws; draw++) {
    const weights = drawWeights(folds.length, random)
    const best = bestOf(finalists, (candidate) =>
      lessened(meanOver(table, candidate, weights, { after: 0, upTo }), handicaps[finalists.indexOf(candidate)] ?? 0),
    )
    const left = weights.map((weight) => (weight === 0 ? 1 : 0))
    const score = best === null ? null : meanOver(table, best, left, { after: before, upTo })
    if (score !== null) found.push(score)
  }
  const apparent = standing.winner === null ? null : wholeMean(table, standing.winner, upTo)
  if (apparent === null || found.length < Math.min(fewestDraws, draws)) return null
  const score = found.reduce((sum, value) => sum + value, 0) / found.length
  const own = [...(scores[standing.winner ?? 0] ?? [])].filter((_, index) => (folds[index] ?? Infinity) <= upTo)
  const [low, high] = scoreInterval(own, several, score)
  const sorted = Float64Array.from(found).sort()
  const quantile = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? score
  return {
    score,
    interval: [Math.min(low, quantile(0.025)), Math.max(high, quantile(0.975))],
    optimism: apparent - score,
  }
}

const lessened = (mean: number | null, handicap: number): number | null => (mean === null ? null : mean - handicap)

/** The first of the best; null of none. */
function bestOf(candidates: readonly number[], scoreOf: (candidate: number) => number | null): number | null {
  const ranked = candidates.map((candidate) => ({ candidate, score: scoreOf(candidate) ?? -Infinity }))
  return ranked.reduce((best, other) => (other.score > best.score ? other : best), ranked[0] ?? nobody).candidate
}

const nobody = { candidate: null, score: -Infinity }

/** The mean over images of folds after one and up to another, each as often as its weight says; null of none. */
function meanOver(
  { folds, scores }: ScoreTable,
  candidate: number,
  weights: Uint32Array,
  { after, upTo }: { readonly after: number; readonly upTo: number },
): number | null {
  const own = scores[candidate] ?? new Float64Array()
  let [sum, count] = [0, 0]
  for (let index = 0; index < own.length; index++) {
    const [score = Number.NaN, weight = 0, fold = 0] = [own[index], weights[index], folds[index]]
    if (weight === 0 || Number.isNaN(score) || fold <= after || fold > upTo) continue
    sum += weight * score
    count += weight
  }
  return count === 0 ? null : sum / count
}

/** The mean over all images of the first folds; null where one of the folds was not measured. */
function wholeMean(table: ScoreTable, candidate: number, upTo: number): number | null {
  const { folds, scores } = table
  const isMissing = folds.some((fold, index) => fold <= upTo && Number.isNaN(scores[candidate]?.[index] ?? Number.NaN))
  if (isMissing || folds.every((fold) => fold < upTo)) return null
  return meanOver(table, candidate, new Uint32Array(folds.length).fill(1), { after: 0, upTo })
}
