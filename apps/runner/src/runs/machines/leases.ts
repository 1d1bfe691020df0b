import { randomBytes } from 'node:crypto'
import type { RunEvent, RunEventBody } from '@graft/graph-schema'
import { z } from 'zod'
import { databaseTrouble } from '../../database/database-trouble.js'
import type { Database } from '../../database/open-database.js'
import type { RunStore } from '../run-store.js'
import { parseRun, parseRunIfWhole, summaryColumns } from '../stored-run.js'
import type { StoredRun } from '../stored-run.js'

/** A run that takes its machine down again and again is not given to others for ever. */
const automaticAttempts = 5

/** The lease is not the run's any more: it ended, or was given to another machine. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/** A running run that is on another machine. `beat` rises whenever that machine was heard of. */
export interface LeasedRow {
  readonly run: StoredRun
  readonly beat: number
}

const counters = z.object({ lease_beat: z.number(), lease_events: z.number() })

/**
 * Runs on other machines, in the database that all processes share. A lease is a random number that stands in the
 * run's row: whoever comes with another one is too late, and nothing that it says is written.
 */
export class Leases {
  constructor(
    private readonly database: Database,
    private readonly store: RunStore,
  ) {}

  /** Gives the first waiting run that `suits` to a machine; null when there is none. */
  take(
    host: string,
    suits: (run: StoredRun) => boolean,
  ): { readonly run: StoredRun; readonly lease: string; readonly events: readonly RunEvent[] } | null {
    return this.database.transaction(() => {
      const free = this.store.queued().find(suits)
      if (free === undefined) return null
      const { id } = free.summary
      const lease = randomBytes(16).toString('hex')
      this.database.run(
        "update runs set status = 'running', owner = null, worker = null, attempts = attempts + 1, host = ?, lease = ?, lease_beat = 0, lease_events = 0 where id = ?",
        host,
        lease,
        id,
      )
      const events = this.store.append(id, [
        { type: 'log', level: 'info', message: `The worker ${host} took this run.` },
      ])
      return { run: this.require(lease), lease, events }
    })
  }

  /** The run of a lease of which nothing was heard yet: its machine may never have got it. Null when there was. */
  unheard(lease: string): StoredRun | null {
    const row = this.database.get(
      `select ${summaryColumns} from runs where lease = ? and status = 'running' and lease_beat = 0`,
      lease,
    )
    return row ? parseRun(row) : null
  }

  /** The run of a lease. Throws LeaseLost. */
  require(lease: string): StoredRun {
    const row = this.database.get(`select ${summaryColumns} from runs where lease = ? and status = 'running'`, lease)
    if (!row) throw new LeaseLost('This lease is over.')
    return parseRun(row)
  }

  /**
   * Writes what a machine tells, and that it is alive. `from`: how many events of this lease it has told before; those
   * that are here already (their answer got lost) are passed over. Throws LeaseLost.
   */
  tell(
    lease: string,
    from: number,
    bodies: readonly RunEventBody[],
  ): { readonly events: readonly RunEvent[]; readonly cancel: boolean } {
    return this.database.transaction(() => {
      const { summary, cancelRequested } = this.require(lease)
      const known = counters.parse(
        this.database.get('select lease_beat, lease_events from runs where id = ?', summary.id),
      ).lease_events
      if (from > known) throw new LeaseLost('Events of this lease are missing.')
      const fresh = bodies.slice(known - from)
      this.database.run(
        'update runs set lease_beat = lease_beat + 1, lease_events = ? where id = ?',
        known + fresh.length,
        summary.id,
      )
      return { events: fresh.length === 0 ? [] : this.store.append(summary.id, fresh), cancel: cancelRequested }
    })
  }

  /**
   * Takes a run from its machine, and puts it back in front of the queue: the next machine goes on with it. One that
   * somebody wanted to stop is cancelled instead; one that was started too often stays interrupted, and so does one
   * whose request is damaged. Nothing when the lease is over already.
   */
  end(lease: string, message: string): readonly RunEvent[] {
    return this.database.transaction(() => {
      const row = this.database.get(`select ${summaryColumns} from runs where lease = ? and status = 'running'`, lease)
      if (!row) return []
      const { summary, cancelRequested } = parseRun(row)
      if (cancelRequested)
        return this.store.append(summary.id, [
          { type: 'run-finished', status: 'cancelled', outputs: {}, milliseconds: 0 },
        ])
      const events = this.store.append(summary.id, [{ type: 'run-interrupted', message }])
      const again = summary.attempts < automaticAttempts && this.canBeDone(summary.id)
      return [...events, ...((again ? this.store.requeue(summary.id, true) : null) ?? [])]
    })
  }

  /** Like `end`, for a machine that was told to stop: that is no fault of the run, and counts as no attempt. */
  giveBack(lease: string, message: string): readonly RunEvent[] {
    return this.database.transaction(() => {
      this.database.run("update runs set attempts = max(0, attempts - 1) where lease = ? and status = 'running'", lease)
      return this.end(lease, message)
    })
  }

  /** Whether its request can be read: what can't be done again must not keep the runs of other machines waiting. */
  private canBeDone(id: string): boolean {
    try {
      this.store.requestOf(id)
      return true
    } catch (error) {
      if (databaseTrouble(error) !== null) throw error
      return false
    }
  }

  /** Whether a run that its machine fails to do is not given to another one any more. Throws LeaseLost. */
  isLastAttempt(lease: string): boolean {
    return this.require(lease).summary.attempts >= automaticAttempts
  }

  /** Every run that is on another machine. */
  all(): readonly LeasedRow[] {
    return this.database
      .all(
        `select ${summaryColumns}, lease_beat, lease_events from runs where lease is not null and status = 'running'`,
      )
      .flatMap((row) => {
        const { lease_beat: beat } = counters.parse(row)
        return parseRunIfWhole(row).map((run) => ({ run, beat }))
      })
  }
}
