import { betterHeadline, endOfRun, headlineSchema } from '@graft/graph-schema'
import type { RunEvent } from '@graft/graph-schema'
import { z } from 'zod'
import type { Database } from '../database/open-database.js'
import { referencedBlobs } from '../store/referenced-blobs.js'

/** Brings the row of a run up to date with one event; called in the transaction that writes the event. */
export function applyToRow(database: Database, event: RunEvent): void {
  const { run, time } = event
  switch (event.type) {
    case 'run-queued':
      database.run(
        "update runs set status = 'queued', started_at = null, finished_at = null, problem = null, done = 0, cancel_requested = 0, host = null, lease = null where id = ?",
        run,
      )
      break
    case 'run-started':
      database.run('update runs set started_at = ?, total = ?, done = 0 where id = ?', time, event.nodes.length, run)
      updateDevice(database, run, event.device)
      break
    case 'engine-chosen':
      updateDevice(database, run, event.device)
      break
    case 'node-cached':
    case 'node-finished':
      database.run('update runs set done = done + 1 where id = ?', run)
      updateHeadline(database, run, event.outputs)
      for (const sha256 of event.blobs ?? referencedBlobs(event.outputs)) keep(database, run, sha256)
      break
    case 'preview':
      keep(database, run, event.blob.sha256)
      break
    case 'interim':
      keep(database, run, event.detail.sha256)
      break
    case 'node-failed':
      database.run('update runs set problem = coalesce(problem, ?) where id = ?', JSON.stringify(event.problem), run)
      break
    case 'run-interrupted':
      database.run(
        "update runs set status = 'interrupted', finished_at = ?, owner = null, worker = null, lease = null where id = ?",
        endOf(database, event),
        run,
      )
      break
    case 'run-finished':
      database.run(
        'update runs set status = ?, finished_at = ?, owner = null, worker = null, lease = null where id = ?',
        event.status,
        endOf(database, event),
        run,
      )
      break
    default:
  }
}

/** When the run of an event ended, by the time that its row says it started. */
function endOf(database: Database, event: Extract<RunEvent, { type: 'run-finished' | 'run-interrupted' }>): string {
  const { started_at: start } = z
    .object({ started_at: z.string().nullable() })
    .parse(database.get('select started_at from runs where id = ?', event.run))
  return endOfRun(start, event)
}

/** From now on only runs for the same device have to wait for this one. */
function updateDevice(database: Database, run: string, device: string | undefined): void {
  if (device !== undefined) database.run('update runs set device = ? where id = ?', device, run)
}

/** What a run has shown stays as long as the run does. */
function keep(database: Database, run: string, sha256: string): void {
  database.run('insert or ignore into run_blobs (run, sha256) values (?, ?)', run, sha256)
}

function updateHeadline(database: Database, run: string, outputs: Readonly<Record<string, unknown>>): void {
  const { headline } = z
    .object({ headline: z.string().nullable() })
    .parse(database.get('select headline from runs where id = ?', run))
  const before = headline === null ? null : headlineSchema.parse(JSON.parse(headline))
  const after = betterHeadline(before, outputs)
  if (after !== before && after !== null)
    database.run('update runs set headline = ? where id = ?', JSON.stringify(after), run)
}
