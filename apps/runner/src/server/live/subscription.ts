import { coalesce, eventMessage } from './frames.js'
import type { Hub, Listener } from './hub.js'

const batch = 256
/** So far behind, replaying is slower for everybody than starting from a snapshot. */
export const longestReplay = 5000

/** The connection of one viewer, as far as a subscription uses it. */
export interface Outlet {
  /** False while too much is waiting to be sent; `wake` of the subscription is called when that has changed. */
  ready(): boolean
  send(text: string): void
}

/** One viewer's place in one run. */
export class Subscription implements Listener {
  private position: number
  private behind = false
  private closed = false

  /** `from`: the event wanted next; absent, or not of this run: a snapshot comes first. */
  constructor(
    private readonly hub: Hub,
    private readonly run: string,
    private readonly outlet: Outlet,
    from: number | undefined,
  ) {
    hub.watch(run, this)
    this.position = from === undefined || from > hub.next(run) ? Number.NEGATIVE_INFINITY : from
    this.wake()
  }

  /** Sends on from the position, as much as the connection takes. */
  wake(): void {
    while (!this.closed && this.position < this.hub.next(this.run)) {
      if (!this.outlet.ready()) {
        this.behind = true
        return
      }
      if (this.hub.next(this.run) - this.position > longestReplay) this.sendSnapshot()
      else this.sendBatch()
    }
    this.behind = false
  }

  close(): void {
    this.closed = true
    this.hub.unwatch(this.run, this)
  }

  private sendSnapshot(): void {
    const { next, text } = this.hub.snapshot(this.run)
    this.outlet.send(text)
    this.position = next
  }

  private sendBatch(): void {
    const frames = this.hub.frames(this.run, this.position, this.behind ? longestReplay : batch)
    const outgoing = this.behind ? coalesce(frames, this.position) : frames.map((frame) => ({ ...frame, coalesced: 0 }))
    for (const frame of outgoing) {
      if (!this.outlet.ready()) return
      this.outlet.send(eventMessage(frame))
      this.position = frame.sequence + 1
    }
  }
}
