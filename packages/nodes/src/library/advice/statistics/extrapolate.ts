import type { Estimate } from '@graft/graph-schema'
import { createRandom, normal, type Random } from '@graft/network'
import { drawWeights } from '../../../random.js'
import { meanOf, quantileOf } from './estimate.js'
import { errorAt, plausibleLaws, type PowerLaw } from './power-law.js'

export interface Extrapolation {
  /** Accuracy with all images, and with twice as many. */
  readonly now: Estimate
  readonly twice: Estimate
  readonly gain: Estimate
}

/** How often images were recognised by heads that learned from so many. */
interface CurveHits {
  readonly pictures: number
  readonly hits: ArrayLike<number>
}

const draws = 300

/**
 * Accuracy beyond the measured images: inverse power laws through the measured points, drawn again with other choices
 * of images (bootstrap) and with every law that fits them. What one draw of the images to learn from differs from
 * another is added, because it is these images that will be learned from.
 */
export function extrapolate(points: readonly CurveHits[], pictures: number, seed: number): Extrapolation | null {
  if (points.length < 2) return null
  const random = createRandom(seed)
  const last = points.at(-1)?.hits ?? []
  const spread = spreadOf(last)
  const drawn = Array.from({ length: draws }, () => {
    const weights = drawWeights(last.length, random)
    const errors = points.flatMap((point) => weighed(point, weights))
    const law = drawLaw(plausibleLaws(errors, Math.max(0.01, spread / 2)), random)
    // More can't be gained than is still wrong: a law that levels off late misses a curve that has come to its end.
    const wrong = errors.at(-1)?.error ?? 1
    const [now, twice] = [errorAt(law, pictures), Math.min(wrong, errorAt(law, 2 * pictures))]
    const gain = Math.min(wrong, now - errorAt(law, 2 * pictures))
    const bend = betweenLaws * gain * normal(random)
    const chance = betweenDraws * spread * normal(random)
    return { now: 1 - now, twice: 1 - twice + bend, gain: gain + bend + chance }
  })
  const estimate = (key: 'now' | 'twice' | 'gain', low: number): Estimate => {
    const values = drawn.map((draw) => draw[key])
    const clamp = (value: number): number => Math.min(1, Math.max(low, value))
    return {
      value: clamp(meanOf(values)),
      low: clamp(quantileOf(values, 0.025)),
      high: clamp(quantileOf(values, 0.975)),
    }
  }
  return { now: estimate('now', 0), twice: estimate('twice', 0), gain: estimate('gain', -1) }
}

/**
 * The least share of the last point's errors that may be left with so many images, by the fastest of the laws that the
 * points leave open: fewer are left in one of forty cases. 1 where nothing can be said.
 */
export function leastRemaining(points: readonly CurveHits[], pictures: number): number {
  const last = points.at(-1)
  if (points.length < 2 || last === undefined) return 1
  const errors = points.flatMap((point) => weighed(point, new Uint32Array(last.hits.length).fill(1)))
  const shares = plausibleLaws(errors, Math.max(0.01, spreadOf(last.hits) / 2))
    .map(({ law, weight }) => ({ weight, left: errorAt(law, pictures) / Math.max(1e-9, errorAt(law, last.pictures)) }))
    .toSorted((a, b) => a.left - b.left)
  let below = 0
  const fastest = shares.find(({ weight }) => (below += weight) > fastestShare)
  return Math.min(1, fastest?.left || 1)
}

const fastestShare = 0.025

/** Deviation of counting as many. */
const spreadOf = (hits: ArrayLike<number>): number =>
  Math.sqrt(Math.max(0.02, variance(meanOf(hits))) / Math.max(1, hits.length))

/**
 * By how much accuracies differ when other images are learned from, as a share of the deviation of counting as many:
 * measured on the panel, see `npm run bench advice`.
 */
const betweenDraws = 0.8

/**
 * No curve is quite a law, and no law of the grid quite the curve: so much of a gain is open however many images say
 * which law fits best. Taken by what the panel showed: its promises are more than a
 * quarter too small on average.
 */
const betweenLaws = 0.25

const variance = (share: number): number => share * (1 - share)

function weighed(
  { pictures, hits }: CurveHits,
  weights: Uint32Array,
): { readonly pictures: number; readonly error: number }[] {
  let [sum, total] = [0, 0]
  for (const [row, weight] of weights.entries()) {
    const hit = hits[row] ?? Number.NaN
    if (Number.isNaN(hit)) continue
    sum += weight * (1 - hit)
    total += weight
  }
  return total === 0 ? [] : [{ pictures, error: sum / total }]
}

function drawLaw(laws: ReturnType<typeof plausibleLaws>, random: Random): PowerLaw {
  let left = random()
  const found = laws.find(({ weight }) => (left -= weight) <= 0) ?? laws.at(-1)
  return found?.law ?? { floor: 0, scale: 0, exponent: 1 }
}
