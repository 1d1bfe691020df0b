import type { SweepPoint } from './sweep.js'

/** A learning rate read off a range test. */
export interface RateSuggestion {
  readonly rate: number
  /** In words, for people. */
  readonly reason: string
}

export interface RateRule {
  readonly id: string
  readonly title: string
  /** The suggested place among the points; null: the curve never falls. */
  pick(losses: readonly number[], rates: readonly number[]): number | null
}

/** Ways to read the curve, the default first. */
export const rateRules: readonly [RateRule, ...RateRule[]] = [
  {
    id: 'valley',
    title: 'the middle of the longest way down',
    pick: (losses) => valley(losses),
  },
  {
    id: 'steepest',
    title: 'where the loss falls fastest',
    pick: (losses, rates) => steepest(losses, rates),
  },
  {
    id: 'minimum',
    title: 'a tenth of the rate with the smallest loss',
    pick: (losses, rates) => tenth(losses, rates),
  },
]

/**
 * Suggests a learning rate from the points of a sweep (see `sweep`), whose losses are smoothed first as fastai does
 * (exponentially, 0.98 per step, corrected for the start). Null where the loss never falls, or there are fewer than ten
 * points: nothing can be read off such a curve.
 * @param rule id of one of `rateRules`
 */
export function suggestRate(points: readonly SweepPoint[], rule = 'valley'): RateSuggestion | null {
  const found = rateRules.find(({ id }) => id === rule) ?? rateRules[0]
  if (points.length < 10) return null
  const rates = points.map(({ rate }) => rate)
  const place = found.pick(smoothed(points), rates)
  const rate = rates[place ?? -1]
  return rate === undefined ? null : { rate: Number(rate.toPrecision(2)), reason: found.title }
}

/** Losses without the noise of single batches. */
export function smoothed(points: readonly SweepPoint[], share = 0.98): readonly number[] {
  let sum = 0
  return points.map(({ loss }, index) => {
    sum = share * sum + (1 - share) * loss
    return sum / (1 - share ** (index + 1))
  })
}

const at = (values: readonly number[], place: number): number => values[place] ?? Number.NaN

/** fastai's rule: the longest run of ever smaller losses (with gaps), and in it the middle of its second third. */
function valley(losses: readonly number[]): number | null {
  const runs = losses.map((_, index) => ({ length: 1, start: index }))
  losses.forEach((loss, end) => {
    for (const [before, run] of runs.slice(0, end).entries()) {
      const own = runs[end]
      if (own !== undefined && loss < at(losses, before) && own.length < run.length + 1)
        runs[end] = { length: run.length + 1, start: run.start }
    }
  })
  const longest = Math.max(...runs.map(({ length }) => length))
  const end = runs.findIndex(({ length }) => length === longest)
  const start = runs[end]?.start ?? end
  if (end <= start) return null
  const third = (end - start) / 3
  return start + Math.floor(third) + Math.floor(third / 2)
}

/** Before the smallest loss, the place with the most negative slope over the logarithm of the rate. */
function steepest(losses: readonly number[], rates: readonly number[]): number | null {
  const lowest = losses.indexOf(Math.min(...losses))
  const slopes = losses
    .slice(1, Math.max(1, lowest))
    .map((_, left) => (at(losses, left + 2) - at(losses, left)) / Math.log(at(rates, left + 2) / at(rates, left)))
  const most = Math.min(...slopes)
  return most < 0 ? slopes.indexOf(most) + 1 : null
}

function tenth(losses: readonly number[], rates: readonly number[]): number | null {
  const lowest = losses.indexOf(Math.min(...losses))
  if (lowest === 0) return null
  const distances = rates.map((rate) => Math.abs(Math.log((10 * rate) / at(rates, lowest))))
  return distances.indexOf(Math.min(...distances))
}
