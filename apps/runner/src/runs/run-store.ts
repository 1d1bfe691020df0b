import type { RunEvent, RunEventBody, RunState, RunSummary } from '@graft/graph-schema'
import { z } from 'zod'
import { databaseTrouble } from '../database/database-trouble.js'
import { keptBlobs } from '../database/kept-blobs.js'
import type { Database } from '../database/open-database.js'
import { mayShareDevice, openDevice } from './device-of-run.js'
import { listRuns } from './list-runs.js'
import type { ListedRuns } from './list-runs.js'
import { newRunId } from './new-run-id.js'
import type { RunRequest } from '../process/run-request.js'
import { addPage, keptState, page } from './add-up.js'
import { goingOn } from './going-on.js'
import type { GraphFacts } from './graph-facts.js'
import { applyToRow } from './apply-to-row.js'
import { type EventText, packEvents, packOlder } from './event-pages.js'
import { eventTexts } from './event-texts.js'
import { isAlive, isOwn, ownIdentity, writeIdentity } from './process-identity.js'
import type { ProcessIdentity } from './process-identity.js'
import { parseRequest, parseRun, parseRunIfWhole, summaryColumns } from './stored-run.js'
import type { StoredRequest, StoredRun } from './stored-run.js'

export interface NewRun {
  readonly request: StoredRequest
  readonly id?: string
  readonly graphId?: string
  /** The draft that it is a run of. */
  readonly draft?: string
  /** What it is about, for lists. */
  readonly facts?: GraphFacts
  readonly priority?: number
  /** Before everything that waits. */
  readonly front?: boolean
}

/** What is told next, if anything, is told by another attempt at the run. */
const endsRun = ({ type }: RunEventBody): boolean => type === 'run-finished' || type === 'run-interrupted'

const overStatuses: readonly RunSummary['status'][] = ['succeeded', 'failed', 'cancelled', 'interrupted']

export const isOver = ({ status }: Pick<RunSummary, 'status'>): boolean => overStatuses.includes(status)

/**
 * Every run and every event there was, in the database that all processes share. An event gets its sequence number
 * where it is written, in the transaction that also brings the run's row up to date: so numbers have no gaps, and what
 * a list says never contradicts the events.
 */
export class RunStore {
  constructor(private readonly database: Database) {}

  /** Puts a run into the queue. */
  enqueue(run: NewRun): { readonly run: StoredRun; readonly events: readonly RunEvent[] } {
    return this.database.transaction(() => {
      const id = this.insert(run, 'queued')
      const events = this.write(id, [{ type: 'run-queued' }])
      return { run: this.require(id), events }
    })
  }

  /** A run that this process starts at once, past the queue (`graft run`). */
  startNow(run: NewRun): StoredRun {
    const id = this.insert(run, 'running')
    this.database.run('update runs set attempts = 1 where id = ?', id)
    return this.require(id)
  }

  private insert(
    { request, id = newRunId(), graphId, draft, facts = {}, priority = 0, front = false }: NewRun,
    status: 'queued' | 'running',
  ): string {
    const owner = status === 'running' ? writeIdentity(ownIdentity) : null
    this.database.run(
      'insert into runs (id, created_at, graph_id, graph_name, request, status, engine, device, priority, position, owner, draft, data, network) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      id,
      new Date().toISOString(),
      graphId ?? null,
      request.document.name,
      JSON.stringify(request),
      status,
      request.engine,
      request.device ?? openDevice,
      front ? this.topPriority(priority) : priority,
      this.position(front),
      owner,
      draft ?? null,
      facts.data ?? null,
      facts.network ?? null,
    )
    return id
  }

  /** Writes what happened and gives it back numbered. Throws when the run is not there. */
  append(id: string, bodies: readonly RunEventBody[]): readonly RunEvent[] {
    const events = this.write(id, bodies)
    const fillsPage = events.some(({ sequence }) => (sequence + 1) % page === 0)
    if (fillsPage || bodies.some(endsRun)) this.pack(id)
    return events
  }

  /** Saves space; where that fails, for a full disk or another process, what was told is there all the same. */
  private pack(id: string): void {
    try {
      packEvents(this.database, id)
    } catch (error) {
      if (databaseTrouble(error) === null) throw error
    }
  }

  private write(id: string, bodies: readonly RunEventBody[]): readonly RunEvent[] {
    return this.database.transaction(() => {
      const { next } = this.require(id)
      const time = new Date().toISOString()
      const events = bodies.map((body, index): RunEvent => ({ ...body, run: id, sequence: next + index, time }))
      for (const event of events) {
        this.database.run(
          'insert into events (run, sequence, body) values (?, ?, ?)',
          id,
          event.sequence,
          JSON.stringify(event),
        )
        applyToRow(this.database, event)
      }
      this.database.run('update runs set next_sequence = ? where id = ?', next + events.length, id)
      // Whoever opens a long run later must not have to add up all of it.
      if (Math.floor((next + events.length) / page) > Math.floor(next / page)) this.state(id)
      return events
    })
  }

  /**
   * Takes the first waiting run that `isForHere`, and for whose device there are fewer than `limit` runs; it then belongs to this process.
   * Null when there is nothing to do.
   */
  claim(limit: number, isForHere: (run: StoredRun) => boolean = () => true): StoredRun | null {
    return this.database.transaction(() => {
      const busy = this.running().filter(({ owner }) => owner !== null && isAlive(owner))
      const isFree = (run: StoredRun): boolean => busy.filter((other) => mayShareDevice(run, other)).length < limit
      const free = this.queued().find((run) => isFree(run) && isForHere(run))
      if (free === undefined) return null
      const { summary } = free
      this.database.run(
        "update runs set status = 'running', owner = ?, worker = null, attempts = attempts + 1 where id = ?",
        writeIdentity(ownIdentity),
        summary.id,
      )
      return this.require(summary.id)
    })
  }

  setWorker(id: string, worker: ProcessIdentity | null): void {
    this.database.run('update runs set worker = ? where id = ?', worker === null ? null : writeIdentity(worker), id)
  }

  /** Asks the process that looks after the run to stop it; a waiting run is over at once. */
  requestCancel(id: string): readonly RunEvent[] {
    return this.database.transaction(() => {
      const { summary } = this.require(id)
      if (summary.status === 'queued')
        return this.write(id, [{ type: 'run-finished', status: 'cancelled', outputs: {}, milliseconds: 0 }])
      this.database.run("update runs set cancel_requested = 1 where id = ? and status = 'running'", id)
      return []
    })
  }

  /**
   * Puts a run that is over, but did not succeed, back into the queue; null when it is not such a one. Results of
   * finished nodes and checkpoints are used; of a run that was to take no earlier results, its own only.
   */
  requeue(id: string, front: boolean): readonly RunEvent[] | null {
    return this.database.transaction(() => {
      const { summary } = this.require(id)
      if (!isOver(summary) || summary.status === 'succeeded') return null
      const isSettled = summary.device !== openDevice
      const request = goingOn(this.requestOf(id), isSettled ? this.state(id).engine : '')
      const priority = front ? this.topPriority(summary.priority) : summary.priority
      this.database.run(
        'update runs set request = ?, device = ?, position = ?, priority = ?, owner = null, worker = null where id = ?',
        JSON.stringify(request),
        request.device ?? openDevice,
        this.position(front),
        priority,
        id,
      )
      return this.write(id, [{ type: 'run-queued' }])
    })
  }

  /** Like `requeue`, but this process goes on with the run at once. */
  resumeNow(id: string): StoredRun | null {
    return this.database.transaction(() => {
      if (this.requeue(id, true) === null) return null
      this.database.run(
        "update runs set status = 'running', owner = ?, attempts = attempts + 1 where id = ?",
        writeIdentity(ownIdentity),
        id,
      )
      return this.require(id)
    })
  }

  /** Moves a waiting run before all others; false when it doesn't wait. */
  moveToFront(id: string): boolean {
    return this.database.transaction(() => {
      const { summary } = this.require(id)
      return (
        this.database.run(
          "update runs set position = ?, priority = ? where id = ? and status = 'queued'",
          this.position(true),
          this.topPriority(summary.priority),
          id,
        ).changes > 0
      )
    })
  }

  /**
   * Marks running runs whose process is gone; what they had told so far stays, and they can be resumed. A run that
   * somebody wanted to stop is cancelled instead. `isLookedAfter` says which of the runs of this process it still
   * looks after; it may have had to leave one whose end could not be written.
   */
  interruptOrphans(
    isLookedAfter: (id: string) => boolean = () => true,
  ): readonly { readonly run: StoredRun; readonly events: readonly RunEvent[] }[] {
    const left = this.running().flatMap((run) => {
      // On another machine: that one is heard of, or it loses the lease (`Leases`).
      if (run.lease !== null) return []
      if (run.owner === null || !isAlive(run.owner))
        return this.interrupt(run, 'The process that looked after this run was killed.')
      const isLeft = isOwn(run.owner) && !isLookedAfter(run.summary.id)
      return isLeft ? this.interrupt(run, 'What this run did could not be written to the database.') : []
    })
    for (const { run } of left) this.pack(run.summary.id)
    return left
  }

  private interrupt(
    seen: StoredRun,
    message: string,
  ): { readonly run: StoredRun; readonly events: readonly RunEvent[] }[] {
    return this.database.transaction(() => {
      const run = this.require(seen.summary.id)
      // Another process was quicker.
      if (
        run.summary.status !== 'running' ||
        run.owner?.pid !== seen.owner?.pid ||
        run.owner?.started !== seen.owner?.started
      )
        return []
      const end: RunEventBody = run.cancelRequested
        ? { type: 'run-finished', status: 'cancelled', outputs: {}, milliseconds: 0 }
        : { type: 'run-interrupted', message }
      return [{ run, events: this.write(run.summary.id, [end]) }]
    })
  }

  find(id: string): StoredRun | null {
    const row = this.database.get(`select ${summaryColumns} from runs where id = ?`, id)
    return row ? parseRun(row) : null
  }

  private require(id: string): StoredRun {
    const run = this.find(id)
    if (run === null) throw new Error(`There is no run "${id}" in the database.`)
    return run
  }

  requestOf(id: string): StoredRequest {
    return parseRequest(
      z.object({ request: z.string() }).parse(this.database.get('select request from runs where id = ?', id)).request,
    )
  }

  /** What to send to the process that executes. */
  runRequest(id: string): RunRequest {
    return { ...this.requestOf(id), runId: id }
  }

  /** Newest first. */
  list(wanted: ListedRuns = {}): readonly StoredRun[] {
    return listRuns(this.database, wanted, wanted.before === undefined ? undefined : this.find(wanted.before)?.summary)
  }

  running(): readonly StoredRun[] {
    return this.database
      .all(`select ${summaryColumns} from runs where status = 'running' order by started_at, id`)
      .flatMap(parseRunIfWhole)
  }

  /** In the order in which they will run. */
  queued(): readonly StoredRun[] {
    return this.database
      .all(`select ${summaryColumns} from runs where status = 'queued' order by priority desc, position, id`)
      .flatMap(parseRunIfWhole)
  }

  /** Events from a sequence number on, as the JSON texts that were written. */
  eventTexts(id: string, from: number, limit: number): readonly EventText[] {
    return eventTexts(this.database, id, from, limit)
  }

  events(id: string, from = 0, limit = Number.MAX_SAFE_INTEGER): readonly RunEvent[] {
    return this.eventTexts(id, from, limit).map(({ body }) => JSON.parse(body) as RunEvent)
  }

  /** All that a run's events add up to. Kept once it was asked for, so that asking again reads only what is new. */
  state(id: string): RunState {
    for (;;) {
      const { state, read } = addPage(this.database, id)
      if (read < page) return state
    }
  }

  /**
   * Adds up a run of which much is still to be added up (one recorded by an older Graft), a page at a time, so that a
   * process that serves others does so in between. Null where `state` is quick.
   */
  prepareState(id: string): Promise<void> | null {
    const { next } = this.require(id)
    return next - keptState(this.database, id).next > page ? this.addPages(id) : null
  }

  private async addPages(id: string): Promise<void> {
    while (this.find(id) !== null && addPage(this.database, id).read === page)
      await new Promise((resolve) => setImmediate(resolve))
  }

  /** Runs of a draft belong to the graph that it was saved as. */
  adopt(draft: string, graphId: string): void {
    this.database.run('update runs set graph_id = ? where draft = ? and graph_id is null', graphId, draft)
  }

  /** What a person calls a run, and notes about it; empty texts take them away. */
  describe(id: string, { name, notes }: { readonly name: string; readonly notes: string }): void {
    this.database.run('update runs set name = ?, notes = ? where id = ?', name.trim() || null, notes.trim() || null, id)
  }

  /** Forgets a run that is over; false when it isn't. */
  remove(id: string): boolean {
    return this.database.transaction(() => {
      if (!isOver(this.require(id).summary)) return false
      for (const table of ['events', 'event_pages', 'states', 'run_blobs'])
        this.database.run(`delete from ${table} where run = ?`, id)
      this.database.run('delete from runs where id = ?', id)
      return true
    })
  }

  /** Packs what an older Graft recorded of runs that are over; how many runs that were. */
  packOlder(): number {
    return packOlder(this.database)
  }

  /** Every stored file that some run needs. */
  keptBlobs(): Set<string> {
    return keptBlobs(this.database)
  }

  /**
   * Gives the space of what was removed back to the disk; not while something runs, because everybody else has to wait
   * for it.
   */
  compact(): void {
    if (this.running().length > 0) return
    this.database.run('vacuum')
    this.database.get('pragma wal_checkpoint(truncate)')
  }

  /** Seconds that the last runs of a graph took that ran to their end, newest first. */
  durations(graphName: string): readonly number[] {
    const rows = this.database.all(
      "select started_at, finished_at from runs where graph_name = ? and status = 'succeeded' and started_at is not null order by finished_at desc limit 5",
      graphName,
    )
    return rows
      .map((row) => z.object({ started_at: z.string(), finished_at: z.string() }).parse(row))
      .map((row) => (Date.parse(row.finished_at) - Date.parse(row.started_at)) / 1000)
  }

  counts(): Readonly<Record<string, number>> {
    const rows = this.database
      .all('select status, count(*) as count from runs group by status')
      .map((row) => z.object({ status: z.string(), count: z.number() }).parse(row))
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]))
  }

  private position(front: boolean): number {
    const { low, high } = z
      .object({ low: z.number().nullable(), high: z.number().nullable() })
      .parse(this.database.get("select min(position) as low, max(position) as high from runs where status = 'queued'"))
    return front ? (low ?? 0) - 1 : (high ?? 0) + 1
  }

  /** Before everything that waits means also before what has a higher priority. */
  private topPriority(priority: number): number {
    const { top } = z
      .object({ top: z.number().nullable() })
      .parse(this.database.get("select max(priority) as top from runs where status = 'queued'"))
    return Math.max(priority, top ?? priority)
  }
}
