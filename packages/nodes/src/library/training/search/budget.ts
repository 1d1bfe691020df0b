import { performance } from 'node:perf_hooks'

/** The time that a search has taken and may take, over all processes that worked on it. */
export class Budget {
  private readonly started = performance.now()
  private before = 0

  /** @param limit in seconds; null: none */
  constructor(readonly limit: number | null) {}

  /** Counts what was taken before an interruption. */
  goOn(seconds: number): void {
    this.before = seconds
  }

  get seconds(): number {
    return this.before + (performance.now() - this.started) / 1000
  }

  get left(): number {
    return this.limit === null ? Infinity : this.limit - this.seconds
  }

  /** Aborts with a TimeoutError when the time is over; undefined without a limit. */
  signal(): AbortSignal | undefined {
    return this.limit === null ? undefined : AbortSignal.timeout(Math.max(0, Math.round(this.left * 1000)))
  }
}
