import { emptyRunState, liveProtocol, parseServerMessage, reduceRun } from '@graft/graph-schema'
import type { ClientMessage, Queue, RunState, ServerMessage } from '@graft/graph-schema'

export type ConnectionStatus = 'connecting' | 'online' | 'offline'

/** What is needed of a WebSocket. */
export interface Socket {
  send(text: string): void
  close(): void
  onopen: (() => void) | null
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onclose: (() => void) | null
}

export interface LiveOptions {
  readonly connect: () => Socket
  readonly token: () => string | null
  /** Waits, then calls; returns what cancels it. Tests pass their own clock. */
  readonly wait: (milliseconds: number, then: () => void) => () => void
}

export interface LiveConnection {
  readonly status: () => ConnectionStatus
  readonly onStatus: (listener: () => void) => () => void
  /**
   * Follows a run: the listener gets its state whenever that changes, each event folded in exactly once, across lost
   * connections.
   */
  readonly follow: (run: string, listener: (state: RunState) => void) => () => void
  readonly watchQueue: (listener: (queue: Queue) => void) => () => void
  /** Tries to connect now instead of at the end of the pause. */
  readonly retry: () => void
  readonly close: () => void
}

interface Followed {
  /** Null until the first snapshot. */
  state: RunState | null
  readonly listeners: Set<(state: RunState) => void>
}

const firstPause = 500
const longestPause = 15_000

/**
 * The live stream of a runner, kept up: after a loss it connects again (sooner at first), and goes on where each run
 * was.
 */
export function createLiveConnection({ connect, token, wait }: LiveOptions): LiveConnection {
  const runs = new Map<string, Followed>()
  const queueListeners = new Set<(queue: Queue) => void>()
  const statusListeners = new Set<() => void>()
  let status: ConnectionStatus = 'connecting'
  let socket: Socket | null = null
  let ready = false
  let pause = firstPause
  let cancelPause: (() => void) | null = null
  let closed = false
  let lastQueue: Queue | null = null

  const setStatus = (next: ConnectionStatus): void => {
    if (next === status) return
    status = next
    for (const listener of statusListeners) listener()
  }
  const send = (message: ClientMessage): void => {
    if (socket !== null && (ready || message.type === 'hello')) socket.send(JSON.stringify(message))
  }
  const subscribe = (run: string): void => {
    const from = runs.get(run)?.state?.next
    send({ type: 'subscribe', run, ...(from !== undefined && { from }) })
  }
  const open = (): void => {
    cancelPause?.()
    cancelPause = null
    const opened = connect()
    socket = opened
    opened.onopen = () => {
      const secret = token()
      send({ type: 'hello', protocol: liveProtocol, ...(secret !== null && { token: secret }) })
    }
    opened.onmessage = ({ data }) => opened === socket && receive(data)
    opened.onclose = () => opened === socket && lost()
  }
  const lost = (): void => {
    socket = null
    ready = false
    if (closed) return
    setStatus('offline')
    cancelPause = wait(pause, open)
    pause = Math.min(longestPause, pause * 2)
  }
  const receive = (data: unknown): void => {
    const message = readMessage(data)
    if (message !== null) handle(message)
  }
  const handle = (message: ServerMessage): void => {
    switch (message.type) {
      case 'welcome':
        ready = true
        pause = firstPause
        setStatus('online')
        for (const run of runs.keys()) subscribe(run)
        if (queueListeners.size > 0) send({ type: 'watch-queue' })
        return
      case 'ping':
        return send({ type: 'pong' })
      case 'queue': {
        const { type: _, ...queue } = message
        lastQueue = queue
        for (const listener of queueListeners) listener(queue)
        return
      }
      case 'snapshot':
        return update(message.run, () => message.state)
      case 'event':
        return fold(message)
      case 'problem':
        return
    }
  }
  /**
   * An event is the next one, or one already seen. A gap (which the protocol rules out) is answered by asking for a
   * snapshot.
   */
  const fold = ({ event, coalesced = 0 }: Extract<ServerMessage, { type: 'event' }>): void => {
    const followed = runs.get(event.run)
    if (followed === undefined) return
    const state = followed.state ?? emptyRunState(event.run)
    if (event.sequence > state.next + coalesced) {
      followed.state = null
      return subscribe(event.run)
    }
    update(event.run, () => reduceRun(state, event))
  }
  const update = (run: string, change: () => RunState): void => {
    const followed = runs.get(run)
    if (followed === undefined) return
    const state = change()
    if (state === followed.state) return
    followed.state = state
    for (const listener of followed.listeners) listener(state)
  }

  open()
  return {
    status: () => status,
    onStatus: (listener) => {
      statusListeners.add(listener)
      return () => statusListeners.delete(listener)
    },
    follow: (run, listener) => {
      const known = runs.get(run)
      const followed = known ?? { state: null, listeners: new Set() }
      followed.listeners.add(listener)
      runs.set(run, followed)
      if (known === undefined) subscribe(run)
      else if (followed.state !== null) listener(followed.state)
      return () => {
        followed.listeners.delete(listener)
        if (followed.listeners.size > 0 || runs.get(run) !== followed) return
        runs.delete(run)
        send({ type: 'unsubscribe', run })
      }
    },
    watchQueue: (listener) => {
      queueListeners.add(listener)
      if (queueListeners.size === 1) send({ type: 'watch-queue' })
      else if (lastQueue !== null) listener(lastQueue)
      return () => queueListeners.delete(listener)
    },
    retry: () => {
      if (socket === null && !closed) open()
    },
    close: () => {
      closed = true
      cancelPause?.()
      socket?.close()
    },
  }
}

function readMessage(data: unknown): ServerMessage | null {
  try {
    return parseServerMessage(JSON.parse(String(data)))
  } catch {
    // A message of a newer server that this page doesn't know: it can't matter to this page.
    return null
  }
}
