import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { livePath } from '@graft/graph-schema'
import type { ServerMessage } from '@graft/graph-schema'
import { WebSocketServer } from 'ws'
import { endFully } from '../http/end-fully.js'
import { isAllowedHost, isAllowedOrigin } from '../security/check-host.js'
import { RateLimit } from '../security/rate-limit.js'
import { LiveSocket } from './live-socket.js'
import type { LiveServices } from './live-socket.js'

/** Queue messages at most so often. */
const queueMilliseconds = 100

export interface LiveServerOptions extends LiveServices {
  readonly allowedHosts: readonly string[]
  readonly allowedOrigins: readonly string[]
}

export interface LiveServer {
  /** The queue has changed: tells those who watch it, soon. */
  queueChanged(): void
  /** Tells everybody who is connected, once. */
  tellAll(message: ServerMessage): void
  readonly connections: number
  close(): void
}

/**
 * Serves the live stream on an HTTP server: refuses pages of other sites, foreign host names and too many connections
 * before the handshake.
 */
export function serveLive(server: Server, options: LiveServerOptions): LiveServer {
  const sockets = new Set<LiveSocket>()
  const handshakes = new RateLimit(50, 400)
  const webSockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024, perMessageDeflate: false })
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy())
    const welcomed = [...sockets].filter((socket) => socket.isGreeted).length
    const refusal = refusalOf(request, options, welcomed, handshakes)
    if (refusal !== null) return refuseUpgrade(stream, refusal)
    makeRoom(sockets, options.limits.sockets)
    webSockets.handleUpgrade(request, stream, head, (socket) => {
      const live = new LiveSocket(socket, options)
      sockets.add(live)
      socket.on('close', () => sockets.delete(live))
    })
  })
  const heartbeat = setInterval(() => {
    for (const socket of sockets) socket.beat()
  }, options.limits.heartbeat)
  let pending: NodeJS.Timeout | null = null
  const tell = (): void => {
    pending = null
    const watchers = [...sockets].filter((socket) => socket.watchesQueue)
    if (watchers.length === 0) return
    try {
      const text = JSON.stringify({ type: 'queue', ...options.queue() })
      for (const socket of watchers) socket.sendQueue(text)
    } catch (error) {
      options.onError(error)
    }
  }
  return {
    queueChanged: () => {
      pending ??= setTimeout(tell, queueMilliseconds)
    },
    tellAll: (message) => {
      const text = JSON.stringify(message)
      for (const socket of sockets) socket.tell(text)
    },
    get connections() {
      return sockets.size
    },
    close: () => {
      clearInterval(heartbeat)
      if (pending !== null) clearTimeout(pending)
      for (const socket of sockets) socket.close()
      webSockets.close()
    },
  }
}

/** Who has not said hello, and so shown no token, keeps nobody out: the oldest of them goes. */
function makeRoom(sockets: ReadonlySet<LiveSocket>, limit: number): void {
  if (sockets.size >= limit) [...sockets].find((socket) => !socket.isGreeted)?.terminate()
}

type Refusal = readonly [status: number, text: string]

function refusalOf(
  request: IncomingMessage,
  options: LiveServerOptions,
  open: number,
  handshakes: RateLimit,
): Refusal | null {
  const { host, origin } = request.headers
  if (!isAllowedHost(host, options.allowedHosts)) return [403, 'Forbidden']
  if (!isAllowedOrigin(origin, host, options.allowedOrigins)) return [403, 'Forbidden']
  if ((request.url ?? '').split('?')[0] !== livePath) return [404, 'Not Found']
  if (open >= options.limits.sockets) return [503, 'Service Unavailable']
  if (!handshakes.take(request.socket.remoteAddress ?? '')) return [429, 'Too Many Requests']
  return null
}

function refuseUpgrade(stream: Duplex, [status, text]: Refusal): void {
  endFully(
    stream,
    `HTTP/1.1 ${status} ${text}\r\nConnection: close\r\nContent-Length: 0\r\nX-Content-Type-Options: nosniff\r\n\r\n`,
  )
}
