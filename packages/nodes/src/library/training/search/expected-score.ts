import { mulberry32 } from '../../../random.js'
import { standingOf } from './halving.js'
import type { Rung } from './halving.js'

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

/**
 * How much of a winner's score is luck: bootstrap bias-corrected cross-validation (Tsamardinos, Greasidou and Borboudakis
 * 2018). The choice among those who came through the last round is made again on images drawn with replacement, and each
 * time the winner is measured on images that were not drawn and that no earlier round has chosen by: on these, those who
 * went on were lucky too. Nothing is trained again. The interval is that of the draws, somewhat wide, since a third of
 * the images measure each.
 */
export function expectedScore(
  { folds, scores }: ScoreTable,
  rungs: readonly Rung[],
  { draws = 1000, seed }: { readonly draws?: number; readonly seed: number },
): Expected | null {
  const random = mulberry32(seed)
  const once = new Uint32Array(folds.length).fill(1)
  const reached = Math.max(0, ...folds)
  const standing = standingOf(scores.length, rungs, wholeMean)
  const upTo = rungs[standing.rungs - 1]?.folds ?? 0
  const before = rungs[standing.rungs - 2]?.folds ?? 0
  const finalists = scores.map((_, candidate) => candidate).filter((candidate) => wholeMean(candidate, upTo) !== null)
  const found: number[] = []
  for (let draw = 0; draw < draws; draw++) {
    const weights = new Uint32Array(folds.length)
    for (let drawn = 0; drawn < folds.length; drawn++) {
      const index = Math.floor(random() * folds.length)
      weights[index] = (weights[index] ?? 0) + 1
    }
    const best = finalists
      .map((candidate) => ({ candidate, score: meanOver(candidate, weights, 0, upTo) ?? -Infinity }))
      .reduce<{ candidate: number; score: number } | null>((a, b) => (a === null || b.score > a.score ? b : a), null)
    const left = weights.map((weight) => (weight === 0 ? 1 : 0))
    const score = best === null ? null : meanOver(best.candidate, left, before, upTo)
    if (score !== null) found.push(score)
  }
  const apparent = standing.winner === null ? null : meanOver(standing.winner, once, 0, upTo)
  if (apparent === null || found.length < Math.min(fewestDraws, draws)) return null
  const score = found.reduce((sum, value) => sum + value, 0) / found.length
  const sorted = Float64Array.from(found).sort()
  const quantile = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? score
  return { score, interval: [quantile(0.025), quantile(0.975)], optimism: apparent - score }

  /** The mean over images of folds after `from` up to `to`, each as often as its weight says; null of none. */
  function meanOver(candidate: number, weights: Uint32Array, from: number, to: number): number | null {
    const own = scores[candidate] ?? new Float64Array()
    let [sum, count] = [0, 0]
    for (let index = 0; index < own.length; index++) {
      const [score = Number.NaN, weight = 0, fold = 0] = [own[index], weights[index], folds[index]]
      if (weight === 0 || Number.isNaN(score) || fold <= from || fold > to) continue
      sum += weight * score
      count += weight
    }
    return count === 0 ? null : sum / count
  }

  /** The mean over all images of the first folds; null where one of the folds was not measured. */
  function wholeMean(candidate: number, to: number): number | null {
    const isMissing = folds.some((fold, index) => fold <= to && Number.isNaN(scores[candidate]?.[index] ?? Number.NaN))
    return isMissing || reached < to ? null : meanOver(candidate, once, 0, to)
  }
}
