import { emptyRunState, liveProtocol, parseServerMessage, reduceRun } from '@graft/graph-schema'
import type { RunEvent, RunState } from '@graft/graph-schema'
import { WebSocket } from 'ws'

/**
 * A viewer of one run that checks what the protocol promises: every event once, in order, whatever the connection goes
 * through.
 */
export class LiveViewer {
  state: RunState
  readonly events: RunEvent[] = []
  readonly faults: string[] = []
  coalesced = 0
  snapshots = 0
  private socket: WebSocket | null = null
  private next: number | undefined

  constructor(
    readonly run: string,
    from: number | undefined,
  ) {
    this.next = from
    this.state = emptyRunState(run)
  }

  connect(port: number): void {
    this.disconnect()
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/live`)
    this.socket = socket
    socket.on('open', () => {
      socket.send(JSON.stringify({ type: 'hello', protocol: liveProtocol }))
      socket.send(
        JSON.stringify({ type: 'subscribe', run: this.run, ...(this.next === undefined ? {} : { from: this.next }) }),
      )
    })
    socket.on('message', (data) => {
      // What still arrives on a connection that was given up doesn't count.
      if (this.socket === socket) this.receive(parseServerMessage(JSON.parse(data.toString())))
    })
    socket.on('error', () => undefined)
  }

  disconnect(): void {
    const socket = this.socket
    this.socket = null
    socket?.terminate()
  }

  get isConnected(): boolean {
    return this.socket !== null && this.socket.readyState <= WebSocket.OPEN
  }

  private receive(message: ReturnType<typeof parseServerMessage>): void {
    if (message.type === 'ping') this.socket?.send('{"type":"pong"}')
    if (message.type === 'problem') this.faults.push(`${message.code}: ${message.detail}`)
    if (message.type === 'snapshot') {
      if (this.next !== undefined && message.next < this.next)
        this.faults.push(`snapshot at ${message.next} after event ${this.next - 1}`)
      this.snapshots += 1
      this.state = message.state
      this.next = message.next
    }
    if (message.type === 'event') this.take(message.event as RunEvent, message.coalesced ?? 0)
  }

  private take(event: RunEvent, coalesced: number): void {
    const expected = (this.next ?? 0) + coalesced
    if (event.sequence !== expected || event.run !== this.run)
      this.faults.push(`event ${event.sequence} of ${event.run} came where ${expected} of ${this.run} was expected`)
    this.next = event.sequence + 1
    this.coalesced += coalesced
    this.events.push(event)
    this.state = reduceRun(this.state, event)
  }

  /** Sequence number of the event that comes next. */
  get position(): number {
    return this.next ?? 0
  }
}
