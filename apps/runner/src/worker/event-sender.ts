import type { RunEventBody } from '@graft/graph-schema'
import { toServerPaths } from '../remote/remote-files.js'
import { sendBlobs } from '../remote/remote-store.js'
import { ServerRefusal } from '../remote/server-client.js'
import { endOf } from '../runs/supervise-run.js'
import type { ServerClient } from '../remote/server-client.js'
import type { FileBlobStore } from '../store/file-blob-store.js'
import { referencedBlobs } from '../store/referenced-blobs.js'

const mostAtOnce = 200
const mostCharacters = 2_000_000
/** An answer that is late for so long is asked for again, so that a dead connection costs no lease. */
const beatTimeout = 8000
/** And events for so much longer as a slow network takes for them: characters in a millisecond. */
const slowestCharacters = 16
/** From so many on, signs of life are sent beside them. */
const longCharacters = 64_000

export interface EventSenderOptions {
  readonly client: ServerClient
  readonly store: FileBlobStore
  readonly mirror: string
  readonly worker: string
  readonly lease: string
  /** Milliseconds between two signs of life. */
  readonly beat: number
  /** The person wants the run to stop. */
  readonly onCancel: () => void
  /** The run is another machine's, or over: whatever is still done is for nothing. */
  readonly onLost: () => void
}

/**
 * Tells the server what happens in a run, in order and each event once, and between events that the worker is alive. The
 * files that events name go before them. Goes on trying while the server is away.
 */
export class EventSender {
  private readonly waiting: RunEventBody[] = []
  private told = 0
  private lost = false
  private failure: unknown = null
  private stopped = false
  /** The end of the run was told: the lease is over, and there is nothing more to say. */
  private ended = false
  private wake: (() => void) | null = null
  private onTold: (() => void) | null = null
  private readonly loop: Promise<void>

  constructor(private readonly options: EventSenderOptions) {
    this.loop = this.run()
  }

  get hasLost(): boolean {
    return this.lost
  }

  push(event: RunEventBody): void {
    this.waiting.push(event)
    this.wake?.()
  }

  /** Resolves once all that was pushed so far is told, or nothing can be told any more; there may be more to push. */
  async flush(): Promise<void> {
    const told = new Promise<void>((resolve) => {
      this.onTold = resolve
      if (this.waiting.length === 0) resolve()
    })
    await Promise.race([told, this.loop])
  }

  /** Resolves once everything was told, or the lease is lost. Throws what sending threw. */
  async finish(): Promise<void> {
    this.stopped = true
    this.wake?.()
    await this.loop
    if (this.failure !== null) throw this.failure
  }

  private async run(): Promise<void> {
    try {
      while (!this.ended && (!this.stopped || this.waiting.length > 0)) {
        if (this.waiting.length === 0) await this.pause()
        await this.send(firstOf(this.waiting))
      }
    } catch (error) {
      this.options.onLost()
      if (error instanceof ServerRefusal && error.isLeaseLost) this.lost = true
      else await this.fail(error)
    }
  }

  /** What the server won't take ends the run, not the worker. */
  private async fail(error: unknown): Promise<void> {
    try {
      await this.tell(endOf(error))
    } catch (again) {
      if (again instanceof ServerRefusal && again.isLeaseLost) this.lost = true
      else this.failure = again
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.options.beat)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
      if (this.stopped || this.waiting.length > 0) this.wake()
    })
  }

  private async send(events: readonly RunEventBody[]): Promise<void> {
    const { client, store, lease } = this.options
    const blobs = [...new Set(events.flatMap(blobsOf))]
    if (blobs.length > 0) await this.whileAlive(sendBlobs(store, client, lease, blobs))
    // What takes a slow network longer than a lease lasts is no sign of life until it is there.
    const telling = this.tell(events)
    await (JSON.stringify(events).length > longCharacters ? this.whileAlive(telling) : telling)
    this.waiting.splice(0, events.length)
    if (this.waiting.length === 0) this.onTold?.()
  }

  private async tell(events: readonly RunEventBody[]): Promise<void> {
    const { client, mirror, worker, lease, onCancel } = this.options
    const json = { worker, from: this.told, events: toServerPaths(events, mirror) }
    const { cancel } = await client.call('tellEvents', {
      params: { lease },
      json,
      patience: Number.POSITIVE_INFINITY,
      timeout: beatTimeout + JSON.stringify(json).length / slowestCharacters,
    })
    this.told += events.length
    this.ended = events.some(({ type }) => type === 'run-finished')
    if (cancel) onCancel()
  }

  /** A large file may take longer to send than a lease lasts. */
  private async whileAlive(work: Promise<void>): Promise<void> {
    const { client, worker, lease, beat } = this.options
    const json = { worker, from: this.told, events: [] }
    const timer = setInterval(() => {
      client.call('tellEvents', { params: { lease }, json, patience: 0, timeout: beatTimeout }).catch(() => undefined)
    }, beat)
    try {
      await work
    } finally {
      clearInterval(timer)
    }
  }
}

/** As many as are told at once: few enough, and not too long together. */
function firstOf(events: readonly RunEventBody[]): readonly RunEventBody[] {
  const first: RunEventBody[] = []
  let characters = 0
  for (const event of events.slice(0, mostAtOnce)) {
    characters += JSON.stringify(event).length
    if (first.length > 0 && characters > mostCharacters) break
    first.push(event)
  }
  return first
}

/** Files without which an event shows nothing. Those of results that were found are with the server already. */
function blobsOf(event: RunEventBody): readonly string[] {
  if (event.type === 'node-finished') return event.blobs ?? [...referencedBlobs(event.outputs)]
  if (event.type === 'preview') return [event.blob.sha256]
  if (event.type === 'interim') return [event.detail.sha256]
  return []
}
