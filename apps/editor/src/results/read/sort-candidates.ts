import type { AdviceCandidate } from '@graft/graph-schema'

export const candidateColumns = ['title', 'accuracy', 'status', 'seconds', 'modelBytes'] as const
export type CandidateColumn = (typeof candidateColumns)[number]

export interface CandidateOrder {
  readonly column: CandidateColumn
  readonly descending: boolean
}

/** In that order; what has no number comes last either way. */
export function sortCandidates(
  candidates: readonly AdviceCandidate[],
  { column, descending }: CandidateOrder,
): readonly AdviceCandidate[] {
  const sign = descending ? -1 : 1
  return candidates.toSorted((a, b) => {
    if (column === 'title' || column === 'status')
      return sign * a[column].localeCompare(b[column], 'en', { numeric: true })
    const [left, right] = [numberOf(a, column), numberOf(b, column)]
    if (left === null || right === null) return Number(left === null) - Number(right === null)
    return sign * (left - right)
  })
}

const numberOf = (candidate: AdviceCandidate, column: 'accuracy' | 'seconds' | 'modelBytes'): number | null =>
  column === 'accuracy' ? (candidate.accuracy?.value ?? null) : candidate[column]
