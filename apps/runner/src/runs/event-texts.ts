import { z } from 'zod'
import type { Database } from '../database/open-database.js'
import { type EventText, packedTexts } from './event-pages.js'

const eventText = z.object({ sequence: z.number(), body: z.string() })

/** Events of a run from a sequence number on, in order, wherever they are kept. */
export function eventTexts(database: Database, id: string, from: number, limit: number): readonly EventText[] {
  // First what may be packed meanwhile by another process: then an event is found twice, never missed.
  const loose = database
    .all('select sequence, body from events where run = ? and sequence >= ? order by sequence limit ?', id, from, limit)
    .map((row) => eventText.parse(row))
  const packed = packedTexts(database, id, from, limit)
  const next = (packed.at(-1)?.sequence ?? -1) + 1
  return packed.length === 0 ? loose : [...packed, ...loose.filter(({ sequence }) => sequence >= next)].slice(0, limit)
}
