import type { Database } from '../../database/open-database.js'
import { eventTexts } from '../event-texts.js'

/** Puts the events of a run back to where a Graft kept them that did not pack: one row each. */
export function keepAsBefore(database: Database, run: string): void {
  const texts = eventTexts(database, run, 0, Number.MAX_SAFE_INTEGER)
  database.run('delete from event_pages where run = ?', run)
  for (const { sequence, body } of texts)
    database.run('insert or ignore into events (run, sequence, body) values (?, ?, ?)', run, sequence, body)
}
