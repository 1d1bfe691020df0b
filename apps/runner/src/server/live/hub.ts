import { reduceRun } from '@graft/graph-schema'
import type { RunEvent, RunState } from '@graft/graph-schema'
import { cacheLimits } from '../../cache/limits.js'
import type { RunStore } from '../../runs/run-store.js'
import { MemoryBudget } from '../services/memory-budget.js'
import { frameOf } from './frames.js'
import type { Frame } from './frames.js'

/** Frames kept in memory per watched run, as far as the memory budget goes; what is older is read from the database. */
const keptFrames = 4096
/** What a frame takes beside its text, roughly. */
const frameOverhead = 200

/** Someone who is told that there is more to read of a run. */
export interface Listener {
  wake(): void
}

/** One watched run: its newest frames, what all of them add up to, and who watches. */
class Feed {
  readonly listeners = new Set<Listener>()
  private frames: Frame[] = []
  private snapshotText: { readonly next: number; readonly text: string } | null = null
  private bytes = 0

  constructor(
    private current: RunState,
    private readonly budget: MemoryBudget,
  ) {}

  get next(): number {
    return this.current.next
  }

  /** False when there is a gap, which the database can fill. */
  add(event: RunEvent): boolean {
    if (event.sequence < this.next) return true
    if (event.sequence > this.next) return false
    this.current = reduceRun(this.current, event)
    const frame = frameOf(event)
    this.frames.push(frame)
    this.bytes += bytesOf(frame)
    if (this.frames.length > 2 * keptFrames) {
      this.frames = this.frames.slice(-keptFrames)
      this.bytes = this.frames.reduce((sum, kept) => sum + bytesOf(kept), 0)
    }
    this.account()
    return true
  }

  /** From a sequence number on; null when they are not in memory any more. */
  from(sequence: number, limit: number): readonly Frame[] | null {
    const first = this.frames[0]?.sequence ?? this.next
    return sequence < first ? null : this.frames.slice(sequence - first, sequence - first + limit)
  }

  snapshot(): { readonly next: number; readonly text: string } {
    if (this.snapshotText?.next === this.next) return this.snapshotText
    const text = `{"type":"snapshot","run":${JSON.stringify(this.current.run)},"next":${this.next},"state":${JSON.stringify(this.current)}}`
    const snapshot = { next: this.next, text }
    this.snapshotText = snapshot
    this.account()
    return snapshot
  }

  close(): void {
    this.budget.release(this)
  }

  private account(): void {
    this.budget.hold(this, 'events', this.bytes + (this.snapshotText?.text.length ?? 0), () => {
      this.frames = []
      this.bytes = 0
      this.snapshotText = null
    })
  }
}

const bytesOf = ({ text }: Frame): number => text.length + frameOverhead

/**
 * Hands events from those who write them to those who watch. Viewers don't have queues: each has a position in the run,
 * and reads on from it whenever its connection takes more. Events are in the database before they get here, so a viewer
 * can be at any position.
 */
export class Hub {
  private readonly feeds = new Map<string, Feed>()

  constructor(
    private readonly store: RunStore,
    private readonly onError: (error: unknown) => void = () => undefined,
    private readonly budget = new MemoryBudget(cacheLimits().memory),
  ) {}

  /** Events that this process has just written. */
  publish(events: readonly RunEvent[]): void {
    const touched = new Set<Feed>()
    for (const event of events) {
      const feed = this.feeds.get(event.run)
      if (feed === undefined) continue
      if (!feed.add(event)) this.fill(event.run, feed)
      touched.add(feed)
    }
    for (const feed of touched) this.wake(feed)
  }

  /** Other processes have written: reads what is new of the runs that are watched. */
  refresh(): void {
    for (const [run, feed] of this.feeds) {
      if (this.fill(run, feed)) this.wake(feed)
    }
  }

  /** What goes wrong with one viewer concerns neither the others nor the run. */
  private wake(feed: Feed): void {
    for (const listener of feed.listeners) {
      try {
        listener.wake()
      } catch (error) {
        this.onError(error)
      }
    }
  }

  private fill(run: string, feed: Feed): boolean {
    const events = this.store.events(run, feed.next)
    for (const event of events) feed.add(event)
    return events.length > 0
  }

  watch(run: string, listener: Listener): void {
    const feed = this.feeds.get(run) ?? new Feed(this.store.state(run), this.budget)
    this.feeds.set(run, feed)
    feed.listeners.add(listener)
  }

  unwatch(run: string, listener: Listener): void {
    const feed = this.feeds.get(run)
    feed?.listeners.delete(listener)
    if (feed?.listeners.size !== 0) return
    feed.close()
    this.feeds.delete(run)
  }

  /** Sequence number of the event to come next. The run must be watched. */
  next(run: string): number {
    return this.feeds.get(run)?.next ?? 0
  }

  frames(run: string, from: number, limit: number): readonly Frame[] {
    const inMemory = this.feeds.get(run)?.from(from, limit)
    return (
      inMemory ?? this.store.eventTexts(run, from, limit).map(({ body }) => frameOf(JSON.parse(body) as RunEvent, body))
    )
  }

  snapshot(run: string): { readonly next: number; readonly text: string } {
    return this.feeds.get(run)?.snapshot() ?? { next: 0, text: '' }
  }

  get watchedRuns(): number {
    return this.feeds.size
  }
}
