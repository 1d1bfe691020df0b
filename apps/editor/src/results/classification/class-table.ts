import type { SingleLabelEvaluation } from '@graft/graph-schema'

export type ClassScore = SingleLabelEvaluation['perClass'][number]
export const classColumns = ['name', 'support', 'precision', 'recall', 'f1'] as const
export type ClassColumn = (typeof classColumns)[number]

export interface ClassOrder {
  readonly column: ClassColumn
  readonly descending: boolean
}

/**
 * The order after someone chose a column: the other way round when it was chosen already; scores begin with the worst.
 */
export function orderBy(order: ClassOrder, column: ClassColumn): ClassOrder {
  return order.column === column
    ? { column, descending: !order.descending }
    : { column, descending: column === 'support' }
}

/** Classes in that order; scores that don't exist (a class without images) come last either way. */
export function sortClasses(scores: readonly ClassScore[], { column, descending }: ClassOrder): readonly ClassScore[] {
  const sign = descending ? -1 : 1
  return scores.toSorted((a, b) => {
    if (column === 'name') return sign * a.name.localeCompare(b.name, 'en', { numeric: true })
    const [left, right] = [a[column], b[column]]
    if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right))
    return sign * (left - right) || a.name.localeCompare(b.name, 'en', { numeric: true })
  })
}
