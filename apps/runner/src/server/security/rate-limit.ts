/** A bucket of tokens per key, refilled all the time: `burst` at once, `perSecond` in the long run. */
export class RateLimit {
  private readonly buckets = new Map<string, { tokens: number; time: number }>()

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Takes one token; false when there is none left. */
  take(key: string): boolean {
    const time = this.now()
    const bucket = this.buckets.get(key) ?? { tokens: this.burst, time }
    bucket.tokens = Math.min(this.burst, bucket.tokens + ((time - bucket.time) / 1000) * this.perSecond)
    bucket.time = time
    if (!this.buckets.has(key)) this.makeRoom(time)
    this.buckets.set(key, bucket)
    if (bucket.tokens < 1) return false
    bucket.tokens -= 1
    return true
  }

  /** Full buckets say nothing; without this, every address ever seen would be kept. */
  private makeRoom(time: number): void {
    if (this.buckets.size < 10_000) return
    const refilled = (this.burst / this.perSecond) * 1000
    for (const [key, bucket] of this.buckets) if (time - bucket.time > refilled) this.buckets.delete(key)
    if (this.buckets.size >= 10_000) this.buckets.clear()
  }
}
