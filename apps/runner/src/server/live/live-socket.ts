import { clientMessageSchema, liveProtocol } from '@graft/graph-schema'
import type { ClientMessage, Queue } from '@graft/graph-schema'
import type { RawData, WebSocket } from 'ws'
import type { RunStore } from '../../runs/run-store.js'
import { parseGuardedJson } from '../http/json-guard.js'
import { RateLimit } from '../security/rate-limit.js'
import { isRightToken } from '../security/token.js'
import type { ServerLimits } from '../options/server-options.js'
import type { Hub } from './hub.js'
import { Subscription } from './subscription.js'

const helloMilliseconds = 10_000
/** Close codes of RFC 6455 and 7.4.2. */
const codes = { unsupported: 1003, policy: 1008, internal: 1011, restart: 1012 } as const

export interface LiveServices {
  readonly hub: Hub
  readonly runs: RunStore
  readonly limits: ServerLimits
  readonly token: string | null
  readonly version: string
  queue(): Queue
  onError(error: unknown): void
}

/**
 * One viewer's connection: greets, subscribes, keeps alive, and never holds more than a bounded number of bytes for a
 * viewer who is slow.
 */
export class LiveSocket {
  private readonly subscriptions = new Map<string, Subscription>()
  /** Runs whose subscription waits until they are added up. */
  private readonly preparing = new Set<string>()
  private readonly rate = new RateLimit(50, 200)
  private readonly helloTimer: NodeJS.Timeout
  private greeted = false
  private waiting = false
  private missedPongs = 0
  watchesQueue = false

  constructor(
    private readonly socket: WebSocket,
    private readonly services: LiveServices,
  ) {
    this.helloTimer = setTimeout(
      () => this.refuse('hello-missing', 'No hello came. The first message must be {"type":"hello","protocol":1}.'),
      helloMilliseconds,
    )
    socket.on('message', (data, isBinary) => this.receive(data, isBinary))
    socket.on('pong', () => (this.missedPongs = 0))
    socket.on('error', () => socket.terminate())
    socket.on('close', () => this.dispose())
  }

  /** Called at every heartbeat. */
  beat(): void {
    if (this.missedPongs >= 2) {
      this.socket.terminate()
      return
    }
    this.missedPongs += 1
    this.socket.ping()
    if (this.greeted) this.send('{"type":"ping"}')
  }

  sendQueue(text: string): void {
    // Only the newest state counts, so a slow viewer misses nothing that the next one doesn't say.
    if (this.watchesQueue && this.ready()) this.send(text)
  }

  /** Says something once; a viewer who is too slow misses it. */
  tell(text: string): void {
    if (this.greeted && this.ready()) this.send(text)
  }

  /** Whether it has said hello, and shown its token. */
  get isGreeted(): boolean {
    return this.greeted
  }

  /** Ends the connection at once. */
  terminate(): void {
    this.socket.terminate()
  }

  /** The server goes away; clients come back by themselves. */
  close(): void {
    this.socket.close(codes.restart, 'the server stops')
  }

  private receive(data: RawData, isBinary: boolean): void {
    if (isBinary)
      return this.refuse('binary', 'Messages are JSON texts; binary ones are not understood.', codes.unsupported)
    if (!this.rate.take('')) return this.refuse('too-many-messages', 'Too many messages. Send fewer than 50 a second.')
    const message = this.parse(data)
    if (message === null) return
    if (!this.greeted && message.type !== 'hello')
      return this.refuse('hello-missing', 'The first message must be {"type":"hello","protocol":1}.')
    this.guard(() => this.handle(message))
  }

  private parse(data: RawData): ClientMessage | null {
    try {
      return clientMessageSchema.parse(parseGuardedJson(data.toString()))
    } catch {
      this.refuse(
        'message-invalid',
        'The message is not part of this protocol. Expected JSON of type hello, subscribe, unsubscribe, watch-queue or pong.',
      )
      return null
    }
  }

  private handle(message: ClientMessage): void {
    switch (message.type) {
      case 'hello':
        return this.greet(message)
      case 'subscribe':
        return this.subscribe(message.run, message.from)
      case 'unsubscribe':
        this.preparing.delete(message.run)
        this.subscriptions.get(message.run)?.close()
        this.subscriptions.delete(message.run)
        return
      case 'watch-queue':
        this.watchesQueue = true
        return this.send(JSON.stringify({ type: 'queue', ...this.services.queue() }))
      case 'pong':
        this.missedPongs = 0
    }
  }

  private greet({ protocol, token }: Extract<ClientMessage, { type: 'hello' }>): void {
    if (protocol !== liveProtocol)
      return this.refuse(
        'protocol',
        `This server speaks version ${liveProtocol} of the live protocol, the client version ${protocol}. Reload the page, or update the older of the two.`,
      )
    if (!isRightToken(token, this.services.token))
      return this.refuse('token', 'The token is missing or wrong. Send the one that the server was started with.')
    clearTimeout(this.helloTimer)
    this.greeted = true
    this.send(JSON.stringify({ type: 'welcome', protocol: liveProtocol, server: `graft ${this.services.version}` }))
  }

  private subscribe(run: string, from: number | undefined): void {
    if (this.services.runs.find(run) === null)
      return this.send(JSON.stringify({ type: 'problem', code: 'not-found', detail: `There is no run "${run}".`, run }))
    if (!this.subscriptions.has(run) && this.subscriptions.size >= this.services.limits.subscriptions) {
      return this.send(
        JSON.stringify({
          type: 'problem',
          code: 'too-many-subscriptions',
          detail: `One connection may watch ${this.services.limits.subscriptions} runs. Unsubscribe from others first.`,
          run,
        }),
      )
    }
    const preparing = this.services.runs.prepareState(run)
    this.preparing.add(run)
    if (preparing === null) return this.openSubscription(run, from)
    void preparing.then(
      () => this.guard(() => this.openSubscription(run, from)),
      (error: unknown) => this.services.onError(error),
    )
  }

  private openSubscription(run: string, from: number | undefined): void {
    // It may have been unsubscribed from meanwhile.
    if (!this.preparing.delete(run) || this.socket.readyState !== this.socket.OPEN) return
    this.subscriptions.get(run)?.close()
    this.subscriptions.set(
      run,
      new Subscription(this.services.hub, run, { ready: () => this.ready(), send: (text) => this.send(text) }, from),
    )
  }

  private ready(): boolean {
    const ready =
      this.socket.readyState === this.socket.OPEN && this.socket.bufferedAmount < this.services.limits.socketBytes
    if (!ready) this.waiting = true
    return ready
  }

  private send(text: string): void {
    if (this.socket.readyState !== this.socket.OPEN) return
    this.socket.send(text, () => this.sent())
  }

  private sent(): void {
    if (!this.waiting || this.socket.bufferedAmount > this.services.limits.socketBytes / 2) return
    this.waiting = false
    this.guard(() => {
      for (const subscription of this.subscriptions.values()) subscription.wake()
    })
  }

  /** A database that can't be read ends this connection, not the server; the client comes back. */
  private guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.services.onError(error)
      this.socket.close(codes.internal, 'a fault in the server')
    }
  }

  private refuse(code: string, detail: string, close: number = codes.policy): void {
    this.send(JSON.stringify({ type: 'problem', code, detail }))
    this.socket.close(close, code)
  }

  private dispose(): void {
    clearTimeout(this.helloTimer)
    for (const subscription of this.subscriptions.values()) subscription.close()
    this.subscriptions.clear()
  }
}
