import { z } from 'zod'
import type { Database } from '../database/open-database.js'

const eventText = z.object({ sequence: z.number(), body: z.string() })

/** An event as the JSON text that was written. */
export type EventText = z.output<typeof eventText>

/** Events of a run from a sequence number on, in order. */
export function eventTexts(database: Database, id: string, from: number, limit: number): readonly EventText[] {
  return database
    .all('select sequence, body from events where run = ? and sequence >= ? order by sequence limit ?', id, from, limit)
    .map((row) => eventText.parse(row))
}
