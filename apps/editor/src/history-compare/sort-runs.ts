import { secondsOfRun } from '@graft/graph-schema'
import type { RunSummary } from '@graft/graph-schema'

export const runColumns = ['status', 'name', 'data', 'network', 'score', 'when', 'time'] as const
export type RunColumn = (typeof runColumns)[number]

export interface RunOrder {
  readonly column: RunColumn
  readonly descending: boolean
}

export const newestFirst: RunOrder = { column: 'when', descending: true }

/**
 * The order after a heading was chosen: the other way round when it was chosen already; best, newest, longest first.
 */
export function orderRunsBy(order: RunOrder, column: RunColumn): RunOrder {
  if (order.column === column) return { column, descending: !order.descending }
  return { column, descending: column === 'score' || column === 'when' || column === 'time' }
}

export const nameOfRun = ({ name, graphName }: Pick<RunSummary, 'name' | 'graphName'>): string => name ?? graphName

/** Runs in an order; those that lack what it is about come last either way, and the newest first among equals. */
export function sortRuns(runs: readonly RunSummary[], { column, descending }: RunOrder): readonly RunSummary[] {
  const sign = descending ? -1 : 1
  return runs.toSorted((a, b) => {
    const [left, right] = [valueOf(a, column), valueOf(b, column)]
    if (left === null || right === null) return Number(left === null) - Number(right === null) || newer(a, b)
    const by =
      typeof left === 'number' && typeof right === 'number'
        ? left - right
        : String(left).localeCompare(String(right), 'en', { numeric: true })
    return sign * by || newer(a, b)
  })
}

const newer = (a: RunSummary, b: RunSummary): number => (a.createdAt < b.createdAt ? 1 : -1)

function valueOf(run: RunSummary, column: RunColumn): string | number | null {
  switch (column) {
    case 'status':
      return run.status
    case 'name':
      return nameOfRun(run)
    case 'data':
      return run.data ?? null
    case 'network':
      return run.network ?? null
    case 'score':
      return run.headline === undefined
        ? null
        : run.headline.metric.better === 'lower'
          ? -run.headline.value
          : run.headline.value
    case 'when':
      return Date.parse(run.createdAt)
    case 'time':
      return run.finishedAt === undefined ? null : secondsOfRun(run, 0)
  }
}
