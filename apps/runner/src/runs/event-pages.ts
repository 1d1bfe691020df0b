import { z } from 'zod'
import { DatabaseError, type Database } from '../database/open-database.js'
import { pack, unpack } from '../database/packed.js'

/** Events that are read at once while they are packed: a twentieth of a second. */
const atOnce = 5000
/** A page ends with the event that fills it, so that reading a few events never unpacks much more than this. */
const pageCharacters = 2 ** 20

/** An event as the JSON text that was written. */
export interface EventText {
  readonly sequence: number
  readonly body: string
}

const row = z.object({ sequence: z.number(), body: z.string() })
const pageRow = z.object({ first: z.number(), last: z.number(), body: z.instanceof(Uint8Array) })

/**
 * Packs what a run has told so far into pages, each one event after the other: plans of networks repeat themselves from
 * node to node and curves from step to step, so a page takes a twentieth. Nothing is lost: `eventTexts` gives the same
 * texts as before. True where there was something to pack.
 */
export function packEvents(database: Database, run: string): boolean {
  let packed = false
  while (packSome(database, run)) packed = true
  return packed
}

/** Packs what an older Graft recorded of runs that are over; how many runs that were. */
export function packOlder(database: Database): number {
  const runs = database
    .all("select distinct run from events join runs on runs.id = run where status not in ('queued', 'running')")
    .map((found) => z.object({ run: z.string() }).parse(found).run)
  return runs.filter((run) => packEvents(database, run)).length
}

const packSome = (database: Database, run: string): boolean =>
  database.transaction(() => {
    const rows = database
      .all('select sequence, body from events where run = ? order by sequence limit ?', run, atOnce)
      .map((found) => row.parse(found))
    for (const page of pagesOf(rows)) addPage(database, run, page)
    return rows.length > 0
  })

function addPage(database: Database, run: string, page: readonly EventText[]): void {
  const [first = 0, last = 0] = [page[0]?.sequence, page.at(-1)?.sequence]
  // JSON has no line breaks of its own.
  const body = pack(page.map((event) => event.body).join('\n'))
  database.run('insert into event_pages (run, first, last, body) values (?, ?, ?, ?)', run, first, last, body)
  database.run('delete from events where run = ? and sequence between ? and ?', run, first, last)
}

/** A page has no gaps, so that the number of its first event tells those of all. */
function pagesOf(events: readonly EventText[]): readonly (readonly EventText[])[] {
  const pages: EventText[][] = []
  let characters = 0
  for (const event of events) {
    const page = pages.at(-1)
    const fits = characters < pageCharacters && page?.at(-1)?.sequence === event.sequence - 1
    if (fits) page?.push(event)
    else pages.push([event])
    characters = (fits ? characters : 0) + event.body.length
  }
  return pages
}

/** Events from a sequence number on of those that are packed, in order. Throws DatabaseError where a page is damaged. */
export function packedTexts(database: Database, run: string, from: number, limit: number): readonly EventText[] {
  const texts: EventText[] = []
  for (let next = from; texts.length < limit; ) {
    const found = database.get(
      'select first, last, body from event_pages where run = ? and last >= ? order by first limit 1',
      run,
      next,
    )
    if (!found) break
    const { first, last, body } = pageRow.parse(found)
    const bodies = linesOf(run, body)
    if (bodies.length !== last - first + 1) throw damaged(run)
    for (const [index, text] of bodies.entries())
      if (first + index >= next && texts.length < limit) texts.push({ sequence: first + index, body: text })
    next = last + 1
  }
  return texts
}

function linesOf(run: string, body: Uint8Array): readonly string[] {
  try {
    return unpack(body).split('\n')
  } catch (error) {
    throw damaged(run, { cause: error })
  }
}

const damaged = (run: string, options?: ErrorOptions): DatabaseError =>
  new DatabaseError(
    `What the database holds of run ${run} is damaged: its events can't be unpacked.`,
    'Delete the run; all others stay as they are.',
    options,
  )
