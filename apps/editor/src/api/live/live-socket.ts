import { liveProtocol, parseServerMessage } from '@graft/graph-schema'
import type { ClientMessage, ServerMessage } from '@graft/graph-schema'
import { createListeners } from '../../ui/store/listeners.js'

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

export interface LiveSocket {
  readonly status: () => ConnectionStatus
  readonly onStatus: (listener: () => void) => () => void
  /** Does nothing while there is no connection: the sender repeats it after the next welcome. */
  readonly send: (message: ClientMessage) => void
  /** Tries to connect now instead of at the end of the pause. */
  readonly retry: () => void
  readonly close: () => void
}

const firstPause = 500
const longestPause = 15_000

/**
 * A socket to the server that is kept up: after a loss it connects again, after 0.5 s at first and at most 15 s later.
 * `onMessage` gets every message, first of all the welcome of each new connection.
 */
export function keepSocket(
  { connect, token, wait }: LiveOptions,
  onMessage: (message: ServerMessage) => void,
): LiveSocket {
  const statusListeners = createListeners()
  let status: ConnectionStatus = 'connecting'
  let socket: Socket | null = null
  let ready = false
  let pause = firstPause
  let cancelPause: (() => void) | null = null
  let closed = false

  const setStatus = (next: ConnectionStatus): void => {
    if (next === status) return
    status = next
    statusListeners.tell()
  }
  const send = (message: ClientMessage): void => {
    if (socket !== null && (ready || message.type === 'hello')) socket.send(JSON.stringify(message))
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
    opened.onmessage = ({ data }) => opened === socket && receive(readMessage(data))
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
  const receive = (message: ServerMessage | null): void => {
    if (message === null) return
    if (message.type === 'ping') return send({ type: 'pong' })
    if (message.type === 'welcome') {
      ready = true
      pause = firstPause
      setStatus('online')
    }
    onMessage(message)
  }
  const close = (): void => {
    closed = true
    cancelPause?.()
    socket?.close()
  }

  open()
  return {
    status: () => status,
    onStatus: (listener) => statusListeners.add(listener),
    send,
    retry: () => void (socket === null && !closed && open()),
    close,
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
