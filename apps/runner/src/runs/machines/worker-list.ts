import { workerSchema } from '@graft/graph-schema'
import type { Worker, WorkerSummary } from '@graft/graph-schema'
import { z } from 'zod'
import type { Database } from '../../database/open-database.js'
import { parseRunIfWhole, summaryColumns } from '../stored-run.js'

/** A worker asks for runs, or tells of one, every second or so. */
const silentMilliseconds = 15_000
/** Those that were not heard of for a day are forgotten. */
const keptMilliseconds = 24 * 3600 * 1000
/** Being heard of again and again is not worth writing. */
const writeMilliseconds = 3000

const row = z.object({ id: z.string(), seen_at: z.string(), body: z.string() })

/** The machines that take runs, as far as lists need them: in the database, where every command finds them. */
export class WorkerList {
  private readonly written = new Map<string, number>()

  constructor(private readonly database: Database) {}

  /** A worker was heard of; one whose facts are not given is known already. */
  seen(id: string, worker?: Worker): void {
    const now = Date.now()
    if (Math.abs(now - (this.written.get(id) ?? 0)) < writeMilliseconds) return
    const time = new Date(now).toISOString()
    if (worker === undefined) this.database.run('update workers set seen_at = ? where id = ?', time, id)
    else
      this.database.run(
        'insert into workers (id, seen_at, body) values (?, ?, ?) on conflict (id) do update set seen_at = excluded.seen_at, body = excluded.body',
        id,
        time,
        JSON.stringify(worker),
      )
    this.database.run('delete from workers where seen_at < ?', new Date(now - keptMilliseconds).toISOString())
    if (this.written.size > 1000) this.written.clear()
    this.written.set(id, now)
  }

  /** What a worker has said of itself; null when it is not known. */
  find(id: string): Worker | null {
    const found = this.database.get('select id, seen_at, body from workers where id = ?', id)
    return found === undefined ? null : (workerSchema.safeParse(JSON.parse(row.parse(found).body)).data ?? null)
  }

  /** Those heard of last come first. */
  list(): readonly WorkerSummary[] {
    const running = this.database
      .all(`select ${summaryColumns} from runs where lease is not null and status = 'running'`)
      .flatMap(parseRunIfWhole)
    return this.database.all('select id, seen_at, body from workers order by seen_at desc, id').flatMap((found) => {
      const { seen_at: lastSeen, body } = row.parse(found)
      const parsed = workerSchema.safeParse(JSON.parse(body))
      if (!parsed.success) return []
      const connected = Math.abs(Date.now() - Date.parse(lastSeen)) < silentMilliseconds
      const runs = connected
        ? running.filter(({ summary }) => summary.host === parsed.data.name).map(({ summary }) => summary.id)
        : []
      return [{ ...parsed.data, lastSeen, connected, runs }]
    })
  }
}
