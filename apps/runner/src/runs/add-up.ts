import { emptyRunState, reduceRun } from '@graft/graph-schema'
import type { RunEvent, RunState } from '@graft/graph-schema'
import { z } from 'zod'
import type { Database } from '../database/open-database.js'
import { pack, unpack } from '../database/packed.js'
import { eventTexts } from './event-texts.js'

/** Events added up at once: a twentieth of a second. */
export const page = 5000
/** Fewer are quicker added up again than stored. */
const worthKeeping = 500

const kept = z.object({ body: z.instanceof(Uint8Array) })

/** What was added up of a run so far; one that is damaged is made again. */
export function keptState(database: Database, id: string): RunState {
  const row = database.get('select body from states where run = ?', id)
  try {
    return row ? (JSON.parse(unpack(kept.parse(row).body)) as RunState) : emptyRunState(id)
  } catch {
    return emptyRunState(id)
  }
}

/** Adds up the next page of a run's events, and keeps the sum where it saves work. Fewer than a page: that was all. */
export function addPage(database: Database, id: string): { readonly state: RunState; readonly read: number } {
  const start = keptState(database, id)
  const texts = eventTexts(database, id, start.next, page)
  const state = texts.reduce((sum, { body }) => reduceRun(sum, JSON.parse(body) as RunEvent), start)
  const isOver = ['succeeded', 'failed', 'cancelled'].includes(state.status)
  if (texts.length > worthKeeping || (texts.length > 0 && isOver))
    database.run(
      'insert or replace into states (run, next, body) values (?, ?, ?)',
      id,
      state.next,
      pack(JSON.stringify(state)),
    )
  return { state, read: texts.length }
}
