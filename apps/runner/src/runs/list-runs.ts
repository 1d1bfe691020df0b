import type { RunSummary } from '@graft/graph-schema'
import type { Database } from '../database/open-database.js'
import { parseRunOrDamage, summaryColumns } from './stored-run.js'
import type { StoredRun } from './stored-run.js'

/** Which runs a list shows: those of a graph, of a draft, before another run. */
export interface ListedRuns {
  readonly limit?: number
  readonly before?: string
  readonly graph?: string
  readonly draft?: string
}

/** Runs, newest first. `last` is the run that `before` names, as far as it is there. */
export function listRuns(
  database: Database,
  { limit = 50, graph, draft }: ListedRuns,
  last: Pick<RunSummary, 'id' | 'createdAt'> | undefined,
): readonly StoredRun[] {
  const conditions = [
    ...(last ? ['(created_at, id) < (?, ?)'] : []),
    ...(graph === undefined ? [] : ['graph_id = ?']),
    ...(draft === undefined ? [] : ['draft = ?']),
  ]
  const values = [...(last ? [last.createdAt, last.id] : []), ...[graph, draft].flatMap((value) => value ?? [])]
  const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''
  return database
    .all(`select ${summaryColumns} from runs ${where} order by created_at desc, id desc limit ?`, ...values, limit)
    .map(parseRunOrDamage)
}
