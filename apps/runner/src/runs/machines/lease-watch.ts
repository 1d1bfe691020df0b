import type { LeasedRow } from './leases.js'

interface Watched {
  readonly beat: number
  /** Milliseconds for which it was silent while this process looked. */
  readonly silence: number
}

/** The server looks four times a second; where it looks later, it stood still itself, and what was told waits unread. */
const longestLook = 1000

/**
 * Finds leases whose machine is not heard of any more. Goes by how often a machine was heard of (in the database, for
 * all servers) and by a clock that nobody sets, so that neither a restart of the server nor a change of the time takes
 * a run from a machine that works on it: whoever begins to watch gives every lease its whole time. Nor does a server that
 * was stopped for a while, with its machine or alone.
 */
export class LeaseWatch {
  private watched = new Map<string, Watched>()
  private looked: number | null = null

  constructor(
    private readonly milliseconds: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Those of the leases that have been silent for too long. */
  silent(leases: readonly LeasedRow[]): readonly LeasedRow[] {
    const now = this.now()
    const passed = Math.min(longestLook, now - (this.looked ?? now))
    this.looked = now
    const next = new Map<string, Watched>()
    const silent = leases.filter(({ run: { lease }, beat }) => {
      const before = this.watched.get(lease ?? '')
      const silence = before?.beat === beat ? before.silence + passed : 0
      next.set(lease ?? '', { beat, silence })
      return silence > this.milliseconds
    })
    this.watched = next
    return silent
  }
}
