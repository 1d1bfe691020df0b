import { isStepped, passesPerStep } from '@graft/graph-schema'
import type { SearchCandidate, SearchRecipe } from '@graft/graph-schema'
import type { ScoreSheet } from './score-sheet.js'
import type { SearchParams } from './search-params.js'

export interface KnownTimes {
  readonly candidates: readonly SearchCandidate[]
  readonly params: Pick<SearchParams, 'epochs' | 'folds'>
  readonly sheet: ScoreSheet
}

/** How many passes through the network the first training of a solved recipe costs about; the others cost one. */
const passes: Partial<Record<SearchRecipe, number>> = { neighbours: 0.1, mirrored: 2 }

/** What the next training of a candidate is expected to take; 0 where nothing was measured on its network yet. */
export function expectedSeconds(candidate: number, times: KnownTimes): number {
  const { candidates, params, sheet } = times
  const own = candidates[candidate]
  if (own === undefined) return 0
  const stepped = isStepped(own.recipe)
  const measured = sheet.of(candidate).map(({ seconds }) => seconds)
  if (measured.length > 1 || (measured.length > 0 && stepped)) return Math.min(...measured)
  // The features are there after the first one.
  if (measured.length > 0) return Math.min(...measured, laterSeconds(own, times) ?? Infinity)
  const alike = sheet.all.filter(({ candidate: other }) => {
    const { recipe, network, removed, images } = candidates[other] ?? own
    const isSameBody = removed === own.removed && JSON.stringify(images) === JSON.stringify(own.images)
    return recipe === own.recipe && network === own.network && (stepped || isSameBody)
  })
  if (alike.length > 0) return Math.max(...alike.map(({ seconds }) => seconds))
  const count = stepped ? params.epochs * (passesPerStep[own.recipe] ?? 1) : (passes[own.recipe] ?? 1)
  return (own.images?.work ?? 1) * count * firstSeconds(own, times)
}

/**
 * What it takes to compare a candidate, without training it on all images: on two folds where it is solved, on all of
 * them where it trains step by step.
 */
export function secondsToGo(candidate: number, times: KnownTimes): number {
  const { candidates, params, sheet } = times
  const done = sheet.of(candidate).length
  const next = expectedSeconds(candidate, times)
  const own = candidates[candidate]
  const folds = own !== undefined && isStepped(own.recipe) ? params.folds : Math.min(2, params.folds)
  if (done >= folds || own === undefined) return 0
  const later = isStepped(own.recipe) || done > 0 ? next : Math.min(next, laterSeconds(own, times) ?? next)
  return next + later * (folds - done - 1)
}

/** What a fold takes whose features are there: twice that of the first candidate, since others may read more. */
function laterSeconds({ network }: SearchCandidate, { candidates, sheet }: KnownTimes): number | null {
  const first = sheet.all.find(({ candidate }) => candidates[candidate]?.network === network)
  const known = first === undefined ? [] : sheet.of(first.candidate).map(({ seconds }) => seconds)
  return known.length < 2 ? null : 2 * Math.min(...known)
}

/** About one pass of all images as the network has them, and a head: by what the first training on it took. */
function firstSeconds({ network }: SearchCandidate, { candidates, sheet }: KnownTimes): number {
  const first = sheet.all.find(({ candidate }) => candidates[candidate]?.network === network)
  return (first?.seconds ?? 0) / (candidates[first?.candidate ?? 0]?.images?.work ?? 1)
}
