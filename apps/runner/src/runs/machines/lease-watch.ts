import type { LeasedRow } from './leases.js'

interface Watched {
  readonly beat: number
  readonly since: number
}

/**
 * Finds leases whose machine is not heard of any more. Goes by how often a machine was heard of (in the database, for
 * all servers) and by a clock that nobody sets, so that neither a restart of the server nor a change of the time takes
 * a run from a machine that works on it: whoever begins to watch gives every lease its whole time.
 */
export class LeaseWatch {
  private watched = new Map<string, Watched>()

  constructor(
    private readonly milliseconds: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Those of the leases that have been silent for too long. */
  silent(leases: readonly LeasedRow[]): readonly LeasedRow[] {
    const now = this.now()
    const next = new Map<string, Watched>()
    const silent = leases.filter(({ run: { lease }, beat }) => {
      const before = this.watched.get(lease ?? '')
      const entry = before?.beat === beat ? before : { beat, since: now }
      next.set(lease ?? '', entry)
      return now - entry.since > this.milliseconds
    })
    this.watched = next
    return silent
  }
}
