import { duration, scoreText, whole } from '../ui/format.js'
import { metricRows } from './metric-rows.js'
import type { MetricRow, NodeDetail } from './metric-rows.js'

/** A number of a run as text; null: it has none. */
export function textOfValue(format: MetricRow['format'], value: number | null): string {
  if (value === null) return '–'
  return format === 'seconds' ? duration(value) : format === 'count' ? whole(value) : scoreText({ format }, value)
}

export interface TableRow extends Pick<MetricRow, 'title' | 'format' | 'better'> {
  /** One per run; null where it has no such number. */
  readonly values: readonly (number | null)[]
  /** Which of them are best; none where neither way is better, or all are the same. */
  readonly best: readonly number[]
}

/** The numbers of several runs as a table: a row for each that any of them has. */
export function metricTable(runs: readonly (readonly NodeDetail[])[]): readonly TableRow[] {
  const rows = new Map<string, MetricRow>()
  const perRun = runs.map((details) => {
    const own = metricRows(details, [])
    for (const row of own) if (!rows.has(row.title)) rows.set(row.title, row)
    return new Map(own.map((row) => [row.title, row.first]))
  })
  return [...rows.values()].map(({ title, format, better }) => {
    const values = perRun.map((own) => own.get(title) ?? null)
    return { title, format, better, values, best: bestOf(values, better) }
  })
}

function bestOf(values: readonly (number | null)[], better: MetricRow['better']): readonly number[] {
  const known = values.filter((value) => value !== null)
  const best = better === 'higher' ? Math.max(...known) : Math.min(...known)
  if (better === null || known.length < 2 || known.every((value) => value === known[0])) return []
  return values.flatMap((value, index) => (value === best ? [index] : []))
}
